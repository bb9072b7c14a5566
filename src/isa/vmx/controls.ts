import { bit, masksOf, named, table } from '../bits';
import { EXCEPTIONS } from '../exceptions';
import { control } from './controls/control';

/**
 * The VMX controls bit by bit (SDM 3C 25.6 to 25.8), named as in the manual; the constants spell the
 * same names as identifiers. A control reads "what happens when it is 1".
 */
export * from './controls/execution';
export * from './controls/secondary';
export * from './controls/exit-entry';

/** VM-function controls (SDM 3C table 25-10). */
export const VM_FUNCTION_CONTROLS = table('VM-function controls', 'SDM 3C 25.6.14', [
  control('EPTP_SWITCHING', 0, 'EPTP switching', 'VMFUNC 0 loads an EPT pointer from a list.'),
]);

export const VmFunctionControl = masksOf(VM_FUNCTION_CONTROLS);

/** The exception bitmap has a bit for each vector 0 to 31 (SDM 3C 25.6.3). */
export const EXCEPTION_BITMAP = table(
  'Exception bitmap',
  'SDM 3C 25.6.3',
  EXCEPTIONS.filter(({ kind }) => kind !== 'reserved' && kind !== 'interrupt').map((exception) =>
    named(exception.mnemonic, bit(exception.mnemonic.slice(1), exception.vector, exception.gloss)),
  ),
);
