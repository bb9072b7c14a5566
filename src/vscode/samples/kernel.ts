/** Kernels to begin with: one template for each mode (media/kernels), of which parts are chosen. */

export const MODES = ['real', 'protected', 'long'] as const;
export type Mode = (typeof MODES)[number];

/** Who has the computer: with a monitor a kernel can ask it for things. */
export const TECHNIQUES = ['vtx', 'svm', 'none'] as const;
export type Technique = (typeof TECHNIQUES)[number];

export const EXTRAS = ['interrupts', 'ring3'] as const;
export type Extra = (typeof EXTRAS)[number];

export interface KernelChoices {
  readonly mode: Mode;
  readonly technique: Technique;
  readonly extras: readonly Extra[];
}

/** What a mode can have: real mode has no rings. */
export const extrasOf = (mode: Mode): readonly Extra[] =>
  mode === 'real' ? ['interrupts'] : EXTRAS;

/** A line of a template that says when the lines below it are wanted. */
const MARK = /^\s*; \[(if ([\w ]+)|else|end)\]$/;

/** The template's lines that are wanted: those under `[if …]` where any of its words is chosen, or under its `[else]`. */
export function kernelSource(
  template: string,
  { technique, extras }: Omit<KernelChoices, 'mode'>,
): string {
  const chosen = new Set<string>([...extras, ...(technique === 'none' ? [] : ['monitor'])]);
  const wanted: boolean[] = [];
  const lines = template.split('\n').filter((line) => {
    const mark = MARK.exec(line);
    if (!mark) return !wanted.includes(false);
    const [, word, condition] = mark;
    if (condition !== undefined) wanted.push(condition.split(' ').some((each) => chosen.has(each)));
    else if (word === 'else') wanted.push(!wanted.pop());
    else wanted.pop();
    return false;
  });
  return lines.join('\n');
}
