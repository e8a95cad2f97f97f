/** The strategies that come with Multipath, in the form of those that a person writes. */
import type { Strategy } from './strategy.ts';

export const BUILT_IN_STRATEGIES: readonly Strategy[] = [
  {
    id: 'single',
    name: 'Single',
    description: 'Asks once.',
    steps: [{ name: 'answer', title: 'Answering', prompt: '{{question}}' }],
  },
  {
    id: 'sequential-refinement',
    name: 'Sequential refinement',
    description: 'Answers, then betters the answer twice.',
    steps: [
      { name: 'draft', title: 'Drafting', prompt: '{{question}}' },
      {
        name: 'refinement',
        title: 'Refining',
        prompt: `Go over your answer once more. Find what is wrong in it, missing, or more complicated than it has to be, and check it against what the conversation says. Then give the whole answer again with all of that mended. Keep what was right. Give the answer alone, without a list of what you changed.`,
      },
      {
        name: 'final',
        title: 'Finishing',
        prompt: `Once more, and for the last time: read your answer as the person who asked, and will act on it at once. Close what is still open, cut what they do not need, and give the whole answer in its final form.`,
      },
    ],
  },
  {
    id: 'dialectical',
    name: 'Dialectical',
    description: 'Thesis, antithesis, synthesis.',
    steps: [
      {
        name: 'thesis',
        title: 'Thesis',
        prompt: `{{question}}

Take the position that you hold to be the best one, and argue for it: what to do, why, and what it costs.`,
      },
      {
        name: 'antithesis',
        title: 'Antithesis',
        context: 'conversation',
        prompt: `Somebody was asked this:

<question>
{{question}}
</question>

and answered:

<answer>
{{previous}}
</answer>

Argue against that answer as its strongest honest opponent. Which of its assumptions do not hold here? Where does it fail, and what does it cost that it does not say? Then make the case for the best position that contradicts it.`,
      },
      {
        name: 'synthesis',
        title: 'Synthesis',
        context: 'conversation',
        prompt: `This was asked:

<question>
{{question}}
</question>

One side says:

<thesis>
{{steps.thesis}}
</thesis>

The other side says:

<antithesis>
{{steps.antithesis}}
</antithesis>

Decide. Say in a few sentences what each side is right about and which of the two carries where they cannot both be had. Then give the answer that follows from it, whole, so that it can be acted on without the texts above.`,
      },
    ],
  },
  {
    id: 'critique-and-revise',
    name: 'Critique and revise',
    description: 'Answers, has a reviewer look at it, and revises.',
    steps: [
      { name: 'answer', title: 'Answering', prompt: '{{question}}' },
      {
        name: 'critique',
        title: 'Reviewing',
        context: 'conversation',
        system:
          'You review the work of others: exact, fair, and not easily impressed. You name what is wrong and never rewrite it.',
        prompt: `Review this answer.

<question>
{{question}}
</question>

<answer>
{{previous}}
</answer>

List what is wrong, what is missing and what was claimed without being shown, the worst first; for each, quote the place and say how one can see that it is wrong. Say so where there is nothing.`,
      },
      {
        name: 'revision',
        title: 'Revising',
        context: 'conversation',
        prompt: `You were asked:

<question>
{{question}}
</question>

You answered:

<answer>
{{steps.answer}}
</answer>

A reviewer says:

<review>
{{steps.critique}}
</review>

Weigh each point: mend what is right about it, and leave as it is what the reviewer has wrong. Give the whole answer again.`,
      },
    ],
  },
];
