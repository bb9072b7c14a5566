import * as l10n from '@vscode/l10n';
import { Fault } from '../../processor/faults';
import { reasonText } from '../words/faults';

/**
 * Writes a register, whose value the processor may refuse as it would refuse it to an instruction.
 *
 * @throws RangeError that says why
 */
export function refusable(name: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new RangeError(l10n.t('{0} cannot take this value: {1}', name, reasonText(error.reason)));
  }
}
