import * as l10n from '@vscode/l10n';
import { Xcr0 } from '../../isa/registers/control';
import { reason, type Reason } from './reason';

/** Why an instruction of SSE or AVX is not there, or fails (SDM 2A 2.4; 1 11.5). */

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
