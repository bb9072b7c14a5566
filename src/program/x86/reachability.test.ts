import assert from 'node:assert/strict';
import { Code, CodeExt, Decoder, EncodingKind, Formatter, FormatterSyntax } from 'iced-x86';
import { assembleText, hex } from '../test-support';
import { allCodes, samplesOf, SAMPLE_IP, type Sample } from './instruction-samples.testing';

/** What part of the forms must be reachable from text. */
const WANTED = 0.995;

/** The forms of Knights Corner, which NASM does not know and which clash with AVX-512. */
const KNIGHTS_CORNER = 0x1000000;

/** Why no text leads to a form. A form that fails for no reason given here fails the test. */
const UNREACHABLE: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^Reservednop_.*_0F0D$/, 'NASM names the reserved NOPs of 0F 18 to 0F 1F only (hint_nop)'],
  [/^Fsetpm$/, 'NASM knows FSETPM without its WAIT only'],
  [
    /^E?VEX_Vp?(movmsk|extrw).*_r64_/,
    'NASM writes the 32-bit form, which clears the upper half as well',
  ],
  [/^Mov[zs]x_r16_rm16$/, 'an extension from 16 to 16 bits, which NASM refuses'],
  [/^(Cyrix|Via_undoc)_/, 'undocumented encodings without a name'],
];

const formatter = new Formatter(FormatterSyntax.Nasm);

/** The formatter's text as NASM wants it. */
function asNasm(text: string, code: number): string {
  const name = Code[code] ?? '';
  if (code === Code.Xbegin_rel16) return text.replace('xbegin', 'xbegin word');
  // iced-x86 calls the undocumented extension /6 `sal`; NASM writes /4 for both names.
  if (/^Sal_/.test(name)) return text.replace('sal', 'shl');
  const reserved = /^Reservednop_(rm\d\d)_.*_0F1([89A-F])$/.exec(name);
  if (!reserved) return text;
  const [, width = '', opcode = ''] = reserved;
  const size = { rm16: 'word', rm32: 'dword', rm64: 'qword' }[width] ?? '';
  const [, operand = '', register = ''] = /^nop (.*),(\w+)$/.exec(text) ?? [];
  const number = ['ax', 'cx', 'dx', 'bx'].findIndex((r) => register.endsWith(r));
  const hint = 8 * (parseInt(opcode, 16) - 8) + number;
  return `hint_nop${hint} ${operand.startsWith('[') ? `${size} ` : ''}${operand}`;
}

const PREFIXES: Readonly<Record<number, string>> = {
  [EncodingKind.EVEX]: '{evex} ',
  [EncodingKind.VEX]: '{vex} ',
};

type Outcome = 'equal' | 'same instruction' | 'failed';

async function tryText(
  text: string,
  sample: Sample,
  code: number,
  bits: 16 | 32 | 64,
  option: number,
): Promise<Outcome> {
  const { image } = await assembleText(`bits ${bits}\norg ${SAMPLE_IP}\n${text}\n`);
  if (hex(image) === hex(sample.bytes)) return 'equal';
  if (image.length === 0 || image.length > sample.bytes.length) return 'failed';
  // Several encodings may mean the same; NASM takes one that is no longer.
  const decoder = new Decoder(bits, image, option);
  decoder.ip = SAMPLE_IP;
  const back = decoder.decode();
  const same = asNasm(formatter.format(back), code) === text.replace(/^\{\w+\} /, '');
  back.free();
  decoder.free();
  return same ? 'same instruction' : 'failed';
}

/** The best that any operands of a form come to. */
async function reach(code: number, bits: 16 | 32 | 64): Promise<Outcome | 'absent'> {
  const info = CodeExt.opCode(code);
  const { decoderOption, encoding } = info;
  info.free();
  if (decoderOption === KNIGHTS_CORNER) return 'absent';
  let best: Outcome | 'absent' = 'absent';
  for (const sample of samplesOf(code, bits)) {
    const text = asNasm(formatter.format(sample.instruction), code);
    sample.instruction.free();
    for (const prefix of ['', PREFIXES[encoding]]) {
      if (prefix === undefined || best === 'equal') continue;
      const outcome = await tryText(prefix + text, sample, code, bits, decoderOption);
      if (outcome !== 'failed' || best === 'absent') best = outcome;
    }
  }
  return best;
}

describe('every form that iced-x86 can encode is reachable from text', function () {
  this.timeout(600_000);
  const used = new Set<RegExp>();

  for (const bits of [16, 32, 64] as const) {
    it(`in ${bits}-bit code`, async () => {
      const count: Record<Outcome, number> = { equal: 0, 'same instruction': 0, failed: 0 };
      const unexplained: string[] = [];
      for (const code of allCodes()) {
        const outcome = await reach(code, bits);
        if (outcome === 'absent') continue;
        count[outcome]++;
        if (outcome !== 'failed') continue;
        const name = Code[code] ?? '';
        const known = UNREACHABLE.find(([pattern]) => pattern.test(name));
        if (known) used.add(known[0]);
        else unexplained.push(name);
      }
      const total = count.equal + count['same instruction'] + count.failed;
      const share = (total - count.failed) / total;
      console.log(
        `      ${(100 * share).toFixed(2)} % of ${total} forms: ${count.equal} with equal bytes, ` +
          `${count['same instruction']} by another encoding of the same instruction`,
      );
      assert.deepEqual(unexplained, []);
      assert.ok(total > 4000);
      assert.ok(share >= WANTED, `${share}`);
    });
  }

  it('needs every reason given', () => {
    assert.deepEqual(
      UNREACHABLE.filter(([pattern]) => !used.has(pattern)),
      [],
    );
  });
});
