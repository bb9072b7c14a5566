import { Code, CodeExt } from 'iced-x86';

/** iced-x86's list of instruction forms, sorted by mnemonic. */
interface CodeLists {
  /** By mnemonic, in iced-x86's order. */
  readonly byMnemonic: readonly (readonly number[] | undefined)[];
  /** Mnemonics that only some old or rare processors know. */
  readonly rare: ReadonlySet<number>;
}

/** Options of iced-x86's decoder that bring in instructions of other processors. */
const MPX = 0x80000;
/** Knights Corner, whose instructions clash with AVX-512's and which NASM does not know either. */
const KNIGHTS_CORNER = 0x1000000;

let lists: CodeLists | undefined;

function collect(): CodeLists {
  const byMnemonic: (number[] | undefined)[] = [];
  const usual = new Set<number>();
  for (let code = 1; Code[code] !== undefined; code++) {
    const info = CodeExt.opCode(code);
    const { mnemonic, decoderOption, isInstruction } = info;
    info.free();
    if (!isInstruction || decoderOption === KNIGHTS_CORNER) continue;
    (byMnemonic[mnemonic] ??= []).push(code);
    if (decoderOption === 0 || decoderOption === MPX) usual.add(mnemonic);
  }
  const rare = new Set<number>();
  byMnemonic.forEach((_codes, mnemonic) => {
    if (!usual.has(mnemonic)) rare.add(mnemonic);
  });
  return { byMnemonic, rare };
}

/** The codes of a mnemonic, in iced-x86's order. */
export function codesOf(mnemonic: number): readonly number[] {
  return (lists ??= collect()).byMnemonic[mnemonic] ?? [];
}

/** Whether only some old or rare processors know the mnemonic (Cyrix's SMM, the 386's XBTS). */
export function isRare(mnemonic: number): boolean {
  return (lists ??= collect()).rare.has(mnemonic);
}
