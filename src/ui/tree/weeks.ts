/** On which day weeks begin where the person's language is spoken. */

/** 0 for Sunday, as `Date` counts; Monday where nobody knows. */
export function firstDayOfWeek(language: string): number {
  try {
    const locale: WeekLocale = new Intl.Locale(language);
    const info = locale.getWeekInfo?.() ?? locale.weekInfo;
    return (info?.firstDay ?? 1) % 7;
  } catch {
    return 1; // no language that is known
  }
}

/** What newer runtimes know and the compiler's library does not yet. */
interface WeekLocale extends Intl.Locale {
  readonly weekInfo?: { readonly firstDay: number };
  getWeekInfo?(): { readonly firstDay: number };
}
