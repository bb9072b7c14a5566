import * as l10n from '@vscode/l10n';
import { clauses } from '../../isa/phrases';
import { linearRip, modeOf } from '../registers/registers';
import type { Target, World } from '../target';
import { hex, leaf, type Row } from './row';
import { operandsOf } from './translation-request';

/** The node under which the translation view tells what a person may want to translate at this stop. */
export const SUGGESTIONS = 'suggestions';

/**
 * First the operands of the present instruction, then the instruction itself and what else points
 * somewhere. A row's `expression` is what to ask for, its description what that is now.
 */
export function suggestionRows(target: Target, focus: World['side']): Row[] {
  const { hostWorld, guestWorld } = target;
  const world = (focus === 'host' ? hostWorld : undefined) ?? guestWorld;
  const { registers } = world;
  const operands = operandsOf(world).map(({ text, linear, write }, n) => {
    const kind = write ? l10n.t('write') : l10n.t('read');
    const told = clauses(hex(linear), kind, l10n.t('ring {0}', modeOf(registers).ring));
    return suggestion(`operand ${String(n + 1)}`, `[${text}]`, told);
  });
  const rip = clauses(hex(linearRip(registers)), l10n.t('instruction fetch'));
  return [
    ...operands,
    suggestion('rip', 'rip', rip),
    suggestion('rsp', 'rsp', hex(registers.gpr(4))),
    suggestion('rsi', 'rsi', hex(registers.gpr(6))),
    suggestion('rdi', 'rdi', hex(registers.gpr(7))),
    suggestion('gdtr.base', 'gdtr.base', hex(registers.gdtr.base)),
    suggestion('idtr.base', 'idtr.base', hex(registers.idtr.base)),
  ];
}

const suggestion = (expression: string, label: string, description: string): Row =>
  leaf(`${SUGGESTIONS}/${expression}`, label, description, { expression });
