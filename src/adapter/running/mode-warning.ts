import * as l10n from '@vscode/l10n';
import { modeMismatch, type ModeMismatch } from '../../debugger/places/mode-mismatch';
import { nearestSymbol } from '../../debugger/places/program-place';
import { modeOf, type Registers } from '../../debugger/registers/registers';
import type { SessionContext } from '../context';

/** Says once in a session that the processor decodes other instructions than the source shows, and why. */
export function warnOfMode(context: SessionContext): void {
  if (context.warnedOfMode) return;
  const { target } = context.debuggee;
  const { code } = target;
  const mismatch = modeMismatch(target, code);
  if (!mismatch) return;
  context.warnedOfMode = true;
  const name = nearestSymbol(target.program, mismatch.entry.address) ?? '';
  context.print(`${warning(mismatch, name, code.registers)}\n`, 'important');
}

function warning({ assembled, decoded }: ModeMismatch, name: string, registers: Registers): string {
  return [
    l10n.t(
      'At {0} the source says bits {1}, but the processor decodes {2}-bit code: it executes other instructions than the source shows.',
      name,
      assembled,
      decoded,
    ),
    cause(assembled, registers),
  ].join('\n');
}

/** CS decides, and only a far transfer loads it (SDM 3A 5.8.1, 9.9.1). */
function cause(assembled: number, registers: Registers): string {
  const { selector } = registers.segment(1);
  const cs = `0x${selector.toString(16)}`;
  const real = modeOf(registers).name === 'real';
  return real && assembled !== 16
    ? l10n.t('The processor is still in real mode (CR0.PE is 0).')
    : l10n.t(
        'The segment in CS ({0}) decides, and a far JMP, CALL or RET must load it: setting CR0.PE or a near jump does not.',
        cs,
      );
}
