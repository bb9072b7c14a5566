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
