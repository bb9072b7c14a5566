import * as l10n from '@vscode/l10n';
import { Xcr0 } from '../../isa/registers/control';
import { reason, type Reason } from './reason';

/** Why the x87, MMX, SSE and AVX units are not at an instruction's disposal (SDM 2A 2.4; 3A 13.1). */

/** CR0.EM tells MMX and SSE instructions apart from those that exist. */
export const emulated = (): Reason =>
  reason('unit-emulated', 'SDM 3A 2.5', () =>
    l10n.t('CR0.EM is 1: instructions of MMX and SSE do not exist.'),
  );

export const unitOfAnotherTask = (): Reason =>
  reason('unit-task-switched', 'SDM 3A 2.5', () =>
    l10n.t('CR0.TS is 1: the registers of the unit may still belong to another task.'),
  );

/** @param xcr0 as it stands */
export const avxStateNotEnabled = (xcr0: bigint): Reason =>
  reason('avx-not-enabled', 'SDM 1 13.3', () =>
    l10n.t(
      'The instruction exists only where XCR0 enables SSE and AVX state: XCR0.SSE is {0}, XCR0.AVX is {1}.',
      xcr0 & Xcr0.SSE ? 1 : 0,
      xcr0 & Xcr0.AVX ? 1 : 0,
    ),
  );

const SIMD_EXCEPTIONS = ['IE', 'DE', 'ZE', 'OE', 'UE', 'PE'];

/** @param flags of MXCSR that are not masked, at bits 5:0 */
export const simdException = (flags: number): Reason =>
  reason('simd-exception', 'SDM 1 11.5', () =>
    l10n.t(
      'MXCSR does not mask what the instruction found: {0}.',
      SIMD_EXCEPTIONS.filter((_, bit) => flags & (1 << bit)).join(', '),
    ),
  );
