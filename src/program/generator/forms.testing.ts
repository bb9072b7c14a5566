import { Code, CodeExt, Formatter, FormatterSyntax } from 'iced-x86';
import type { Bits } from '../x86/bits';
import { allCodes, samplesOf } from '../x86/instruction-samples.testing';
import { memory, number, type Surroundings } from './operands.testing';

/** Any instruction at all: iced-x86's forms as text, with other registers, addresses and immediates put in. */

/** Branches have targets of their own elsewhere, and what nasm-forms.test.ts lists is different for a reason. */
const LEFT_OUT = new RegExp(
  [
    ...['^J', '^Loop', '^Call', '^Xbegin', '^Retnw_imm16', '^Ptwrite', '^Vmgexit', '^Invpcid'],
    ...['^Enqcmd', '^(Rdsspd|Incsspd|Wru?ssd|Rdshr|Wrshr)_', '^(Montmul|Xsha|Xcrypt)'],
    ...[
      '_Vpextrw',
      '_Vextractps',
      '^Movdir64b',
      '_Vcvtneps2bf16',
      '^Mov[sz]x',
      '^Fn?setpm',
      '^Fstpnce',
    ],
    // NASM scales the displacements of half-precision instructions by the wrong size.
    ...['^EVEX_V.*(ph|sh)_', '^EVEX_Vmov(w|sh)', '^EVEX_Vcvtt?(ph|sh)2'],
  ].join('|'),
);

const pools = new Map<Bits, readonly string[]>();

function build(bits: Bits): string[] {
  const texts = new Set<string>();
  const formatter = new Formatter(FormatterSyntax.Nasm);
  for (const code of allCodes()) {
    const info = CodeExt.opCode(code);
    const unusual = info.decoderOption !== 0 || info.isReservedNop;
    info.free();
    if (unusual || LEFT_OUT.test(Code[code] ?? '')) continue;
    for (const { instruction } of samplesOf(code, bits)) {
      texts.add(formatter.format(instruction));
      instruction.free();
    }
  }
  formatter.free();
  return [...texts];
}

function pool(bits: Bits): readonly string[] {
  let texts = pools.get(bits);
  if (!texts) pools.set(bits, (texts = build(bits)));
  return texts;
}

const LEGACY = /^(?:e|r)?(?:ax|cx|dx|bx|sp|bp|si|di)$/;

/** Another register of the same class; those that stand alone in their class stay. */
function otherRegister(s: Surroundings, name: string): string {
  const { random, bits } = s;
  const vector = /^([xyz]mm)(\d+)$/.exec(name);
  if (vector) {
    const limit = bits !== 64 ? 8 : Number(vector[2]) > 15 ? 32 : 16;
    return `${vector[1] ?? ''}${random.below(limit)}`;
  }
  if (/^mm\d$/.test(name)) return `mm${random.below(8)}`;
  if (/^k[1-7]$/.test(name)) return `k${1 + random.below(7)}`;
  if (/^st\d$/.test(name)) return `st${random.below(8)}`;
  // AX, CX and DX may be the only register a form takes.
  if (LEGACY.test(name) && !/(ax|cx|dx)$/.test(name))
    return name.replace(/(bx|sp|bp|si|di)$/, random.pick(['bx', 'bp', 'si', 'di']));
  return name;
}

/** A random instruction of the mode; NASM refuses some of the combinations. */
export function anyInstruction(s: Surroundings): string {
  const { random } = s;
  const text = random.pick(pool(s.bits));
  const usesVectors = /\[[^\]]*[xyz]mm/.test(text);
  return text.replace(/\[[^\]]*\]|\b[a-z]+\d*\b|\b[0-9][0-9A-F]*h\b/g, (part, at: number) => {
    if (at === 0) return part;
    if (part.startsWith('[')) return usesVectors || random.chance(2) ? part : memory(s);
    if (/^[0-9]/.test(part)) return random.chance(2) ? part : number(s);
    return otherRegister(s, part);
  });
}
