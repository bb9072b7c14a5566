import assert from 'node:assert/strict';
import { Code, CodeExt, Formatter, FormatterSyntax } from 'iced-x86';
import { hasNasm, NasmFolder } from '../nasm-reference.testing';
import { assembleText, hex } from '../test-support';
import { allCodes, samplesOf } from './instruction-samples.testing';

/**
 * What NASM 2.16.01 writes differently on purpose of nobody: mistakes in its tables, and habits without effect.
 * Ringside follows the manuals. A difference that is not listed fails the test, and so does a row without one.
 */
const DIFFERENT: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^Retnw_imm16$/, 'NASM leaves out the operand-size prefix of `retw 4`'],
  [/^Ptwrite_/, 'NASM leaves out the F3 of PTWRITE'],
  [/^Vmgexit$/, 'NASM writes VMGEXIT as F2 0F 01 C1'],
  [/^Jmpe_disp/, 'iced-x86 takes the operand of JMPE as a displacement, NASM as a target'],
  [/^(Invpcid|Enqcmds?)_/, 'NASM writes a redundant REX.W or address-size prefix'],
  [/^(Rdsspd|Incsspd|Wru?ssd|Rdshr|Wrshr)_/, 'NASM writes a redundant operand-size prefix'],
  [/^(Montmul|Xsha|Xcrypt)/, 'NASM writes its REP before the address-size prefix'],
  [/^EVEX_Vpextrw_r(32|64)_xmm/, 'NASM takes the store form for a register above 15'],
  [/^VEX_Vextractps_r64m32/, 'NASM takes the EVEX form for a 64-bit register'],
  [/^EVEX_Vcvtneps2bf16_/, 'NASM takes another prefix than the manual'],
  [/^EVEX_Vf(n?madd|n?msub|maddsub|msubadd)...[ps]h_/, 'NASM takes other opcodes than the manual'],
  [/^EVEX_V(getmantph|rcpph|reducesh)_/, 'NASM takes other encodings than the manual'],
  [/^EVEX_Vcvtu?(dq|qq)2ph_/, 'NASM takes another vector length than the manual'],
];

/** Each instruction has so much room, so that one that differs does not move the others. */
const SLOT = 32;

type Bits = 16 | 32 | 64;

/** Texts of all forms with all kinds of operands, and the form that each came from. */
function allTexts(bits: Bits): Map<string, string> {
  const texts = new Map<string, string>();
  const formatter = new Formatter(FormatterSyntax.Nasm);
  for (const code of allCodes()) {
    const info = CodeExt.opCode(code);
    const knightsCorner = info.decoderOption === 0x1000000;
    info.free();
    if (knightsCorner) continue;
    for (const { instruction } of samplesOf(code, bits)) {
      const text = formatter.format(instruction);
      instruction.free();
      if (!texts.has(text)) texts.set(text, Code[code] ?? '');
    }
  }
  formatter.free();
  return texts;
}

const program = (bits: Bits, texts: readonly string[]): string =>
  `bits ${bits}\n` + texts.map((text) => `${text}\nalign ${SLOT}, db 0\n`).join('');

/** Which of the texts NASM takes, and the image it makes of those. */
function accepted(
  folder: NasmFolder,
  bits: Bits,
  texts: readonly string[],
): [string[], Uint8Array] {
  let list = [...texts];
  for (;;) {
    const { image, complaints } = folder.assemble(program(bits, list));
    if (image && complaints.size === 0) return [list, image];
    const refused = new Set([...complaints.keys()].map((line) => (line - 2) / 2));
    assert.ok(refused.size > 0);
    list = list.filter((_text, i) => !refused.has(i));
  }
}

describe('every form against nasm', function () {
  this.timeout(600_000);
  const used = new Set<RegExp>();

  for (const bits of [16, 32, 64] as const) {
    it(`in ${bits}-bit code`, async function () {
      if (!hasNasm) this.skip();
      const folder = new NasmFolder();
      const texts = allTexts(bits);
      const [list, wanted] = accepted(folder, bits, [...texts.keys()]);
      folder.close();
      const assembly = await assembleText(program(bits, list));
      const errors = assembly.diagnostics.filter((d) => d.severity === 'error');
      assert.deepEqual(
        errors.map((d) => `${list[(d.line - 2) / 2] ?? ''}: ${d.message}`),
        [],
      );
      let different = 0;
      const unexplained: string[] = [];
      list.forEach((text, i) => {
        const own = hex(assembly.image.subarray(i * SLOT, (i + 1) * SLOT));
        const theirs = hex(wanted.subarray(i * SLOT, (i + 1) * SLOT));
        if (own === theirs) return;
        different++;
        const code = texts.get(text) ?? '';
        const known = DIFFERENT.find(([pattern]) => pattern.test(code));
        if (known) used.add(known[0]);
        else unexplained.push(`${code}: ${text}: ${theirs}, got ${own}`);
      });
      console.log(
        `      ${list.length} of ${texts.size} texts taken by nasm, ${different} different for a reason`,
      );
      assert.deepEqual(unexplained, []);
    });
  }

  it('needs every reason given', function () {
    if (!hasNasm) this.skip();
    assert.deepEqual(
      DIFFERENT.filter(([pattern]) => !used.has(pattern)),
      [],
    );
  });
});
