import { Code, CodeExt, Instruction } from 'iced-x86';

/** iced-x86's decoder option for MPX, which NASM knows as any other extension. */
const MPX = 0x80000;

/** Knights Corner's instructions clash with AVX-512's, and NASM does not know them; the others are no instructions. */
const LEFT_OUT = /^(MVEX_|VEX_KNC_|Declare|Zero_)/;

let byMnemonic: readonly (readonly number[] | undefined)[] | undefined;
const rare: (boolean | undefined)[] = [];

/** iced-x86's list of instruction forms, sorted by mnemonic. */
function collect(): readonly (readonly number[] | undefined)[] {
  const lists: (number[] | undefined)[] = [];
  const instruction = new Instruction();
  for (let code = 1; Code[code] !== undefined; code++) {
    if (LEFT_OUT.test(Code[code] ?? '')) continue;
    instruction.code = code;
    (lists[instruction.mnemonic] ??= []).push(code);
  }
  instruction.free();
  return lists;
}

/** The codes of a mnemonic, in iced-x86's order. */
export function codesOf(mnemonic: number): readonly number[] {
  return (byMnemonic ??= collect())[mnemonic] ?? [];
}

function isOption(code: number): boolean {
  const info = CodeExt.opCode(code);
  const { decoderOption } = info;
  info.free();
  return decoderOption !== 0 && decoderOption !== MPX;
}

/** Whether only some old or rare processors know the mnemonic (Cyrix's SMM, the 386's XBTS). */
export function isRare(mnemonic: number): boolean {
  return (rare[mnemonic] ??= codesOf(mnemonic).every(isOption));
}
