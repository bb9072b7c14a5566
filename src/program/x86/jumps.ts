import type { Body } from '../statement';

import { Code, CodeExt } from 'iced-x86';
import { findMnemonic } from './mnemonics';
import { formsOf } from './forms';

/** The generation (cpu-levels.ts) that first had conditional jumps with more than a byte of distance. */
export const NEAR_JCC = 3;

/** The opcode of the short form of a conditional jump; bit 0 inverts the condition (SDM vol. 2A, Jcc). */
export function shortJumpOpcode(mnemonic: string): number {
  const entry = findMnemonic(mnemonic);
  const form = entry && formsOf(entry).find(({ code }) => /_rel8_16$/.test(Code[code] ?? ''));
  if (!form) return 0;
  const info = CodeExt.opCode(form.code);
  const { opCode } = info;
  info.free();
  return opCode;
}

export function isConditionalJump(mnemonic: string): boolean {
  return mnemonic.startsWith('j') && (shortJumpOpcode(mnemonic) & 0xf0) === 0x70;
}

/** Whether an instruction is a near branch, which can have a BND prefix (SDM vol. 1, 17.3; MPX). */
export function canCheckBounds({ mnemonic, operands }: Branch): boolean {
  const far = operands.some((o) => o.kind === 'far' || ('distance' in o && o.distance === 'far'));
  return !far && (/^(jmp|call|retn?)$/.test(mnemonic) || isConditionalJump(mnemonic));
}

type Branch = Pick<Extract<Body, { kind: 'instruction' }>, 'mnemonic' | 'operands'>;
