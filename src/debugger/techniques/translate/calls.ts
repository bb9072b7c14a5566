import * as l10n from '@vscode/l10n';
import { withNote } from '../../../isa/phrases';
import type { ExitRecord } from '../../trace/exit-trace';
import { instructionText } from '../deprivilege/trap-words';

/** What a translation calls the monitor for, by UD2. Numbers for it lie beyond those of traps and holes. */

const FIRST = 0x300;

interface Call {
  /** What the place in the translation cache stands for. */
  readonly kind: 'instruction' | 'exit' | 'lookup';
  readonly id: string;
  readonly name: () => string;
  readonly gloss: () => string;
  /** The generator of the monitor's that deals with it. */
  readonly handler: string;
}

export const CALLS: readonly Call[] = [
  {
    kind: 'instruction',
    id: 'CALL_OUT',
    name: () => l10n.t('call-out'),
    gloss: () =>
      l10n.t(
        'A sensitive instruction for which there is nothing in line, or one that faulted often: its translation calls the monitor, which does it on the virtual processor.',
      ),
    handler: 'emulateInstruction',
  },
  {
    kind: 'exit',
    id: 'NOT_TRANSLATED',
    name: () => l10n.t('not translated yet'),
    gloss: () =>
      l10n.t(
        'The kernel has come to code that was never translated, or has changed since. The monitor translates the block that begins there, and ties the branch to it: next time it leads there by itself.',
      ),
    handler: 'findOrTranslate',
  },
  {
    kind: 'lookup',
    id: 'LOOKUP_MISS',
    name: () => l10n.t('indirect branch not in the table'),
    gloss: () =>
      l10n.t(
        'RET, or JMP or CALL through a register or memory, leads to an address for which the table of targets has no entry, or another one’s. The monitor enters it.',
      ),
    handler: 'findOrTranslate',
  },
];

export const callReason = (kind: Call['kind']): number =>
  FIRST + CALLS.findIndex((each) => each.kind === kind);

export const callOf = (reason: number): Call | undefined => CALLS[reason - FIRST];

/** The instruction that is called out; the others have been done. */
export const callDetail = (exit: ExitRecord): string =>
  callOf(exit.reason)?.kind === 'instruction' ? instructionText(exit) : '';

/** `Trap 42: call-out (cpuid)` */
export function callTitle(exit: ExitRecord): string {
  const name = callOf(exit.reason)?.name() ?? '';
  const detail = callDetail(exit);
  return l10n.t('Trap {0}: {1}', exit.number, detail ? withNote(name, detail) : name);
}
