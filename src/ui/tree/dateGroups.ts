/** Where the groups of dates begin: today, yesterday, this week, this month, then month by month. */

export interface DateGroup {
  /** Lasting name: `today`, `yesterday`, `week`, `month`, or `2026-10`. */
  readonly name: string;
  /** Milliseconds since the epoch, in the person's time zone. */
  readonly start: number;
}

/** Months that have a group of their own; what is older is one group. */
const MONTHS = 60;

/**
 * The latest first. A group that would be empty by the calendar is left out: on the first day of a
 * week there is no rest of it. `firstDay` of the week is 0 for Sunday.
 */
export function dateGroups(now: number, firstDay: number): readonly DateGroup[] {
  const today = new Date(now);
  today.setHours(0, 0, 0, 0);
  const daysAgo = (days: number): number => {
    const date = new Date(today);
    date.setDate(date.getDate() - days);
    return date.getTime();
  };
  const monthsAgo = (months: number): Date =>
    new Date(today.getFullYear(), today.getMonth() - months, 1);
  const groups: DateGroup[] = [];
  const add = (name: string, start: number): void => {
    const last = groups.at(-1);
    if (!last || start < last.start) groups.push({ name, start });
  };
  add('today', today.getTime());
  add('yesterday', daysAgo(1));
  add('week', daysAgo((today.getDay() - firstDay + 7) % 7));
  add('month', monthsAgo(0).getTime());
  for (let months = 1; months <= MONTHS; months++) {
    const month = monthsAgo(months);
    const name = `${month.getFullYear()}-${String(month.getMonth() + 1).padStart(2, '0')}`;
    add(name, month.getTime());
  }
  return groups;
}

/** The first moment of tomorrow, when the groups are other ones. */
export function nextMidnight(now: number): number {
  const date = new Date(now);
  date.setHours(24, 0, 0, 0);
  return date.getTime();
}
