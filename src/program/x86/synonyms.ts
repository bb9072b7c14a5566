import { Code, Mnemonic } from 'iced-x86';
import type { MnemonicEntry } from './mnemonics';

/** NASM's names of instructions that differ from iced-x86's (NASM's insns.dat). */

/** Condition codes and their other names (SDM vol. 1, appendix B). */
const CONDITIONS: readonly (readonly string[])[] = [
  ['b', 'c', 'nae'],
  ['ae', 'nb', 'nc'],
  ['e', 'z'],
  ['ne', 'nz'],
  ['be', 'na'],
  ['a', 'nbe'],
  ['p', 'pe'],
  ['np', 'po'],
  ['l', 'nge'],
  ['ge', 'nl'],
  ['le', 'ng'],
  ['g', 'nle'],
];

const { Iret, Iretd, Iretq, Pusha, Pushad, Popa, Popad, Ret, Retf } = Mnemonic;
const { Pushf, Pushfd, Pushfq, Popf, Popfd, Popfq } = Mnemonic;
const { Sysret, Sysretq, Sysexit, Sysexitq } = Mnemonic;

const all = (...mnemonics: number[]): MnemonicEntry => ({ mnemonics });
const sized = (operandSize: 16 | 32 | 64, ...mnemonics: number[]): MnemonicEntry => ({
  mnemonics,
  operandSize,
});

const only = (mnemonic: number, ...codes: number[]): MnemonicEntry => ({
  mnemonics: [mnemonic],
  codes,
});

const OWN_NAMES: Readonly<Record<string, MnemonicEntry>> = {
  // Without a size letter NASM means the size of the current mode; iced-x86's bare name is the 16-bit form.
  iret: all(Iret, Iretd, Iretq),
  iretw: sized(16, Iret),
  pusha: all(Pusha, Pushad),
  pushaw: sized(16, Pusha),
  popa: all(Popa, Popad),
  popaw: sized(16, Popa),
  pushf: all(Pushf, Pushfd, Pushfq),
  pushfw: sized(16, Pushf),
  popf: all(Popf, Popfd, Popfq),
  popfw: sized(16, Popf),
  ret: all(Ret),
  retn: all(Ret),
  retw: sized(16, Ret),
  retnw: sized(16, Ret),
  retd: sized(32, Ret),
  retnd: sized(32, Ret),
  retq: sized(64, Ret),
  retnq: sized(64, Ret),
  retfw: sized(16, Retf),
  retfd: sized(32, Retf),
  retfq: sized(64, Retf),
  sysret: all(Sysret, Sysretq),
  sysexit: all(Sysexit, Sysexitq),
  // NASM writes `sal` as `shl` (opcode extension /4); /6 is undocumented.
  sal: all(Mnemonic.Shl),
  loopz: all(Mnemonic.Loope),
  loopnz: all(Mnemonic.Loopne),
  icebp: all(Mnemonic.Int1),
  int01: all(Mnemonic.Int1),
  int03: all(Mnemonic.Int3),
  xlat: all(Mnemonic.Xlatb),
  fwait: all(Mnemonic.Wait),
  // NASM takes a 32-bit source under the plain name, too.
  movsx: all(Mnemonic.Movsx, Mnemonic.Movsxd),
  // NASM's has no WAIT.
  fsetpm: all(Mnemonic.Fnsetpm),
  // MOVD with a 64-bit register is MOVQ through the same opcode.
  movd: {
    mnemonics: [Mnemonic.Movd, Mnemonic.Movq],
    codes: [
      ...[Code.Movd_mm_rm32, Code.Movd_rm32_mm, Code.Movd_xmm_rm32, Code.Movd_rm32_xmm],
      ...[Code.Movq_mm_rm64, Code.Movq_rm64_mm],
    ],
  },
  v4dpwssd: all(Mnemonic.Vp4dpwssd),
  v4dpwssds: all(Mnemonic.Vp4dpwssds),
  smi: all(Mnemonic.Int1),
  ud2a: all(Mnemonic.Ud2),
  ud2b: all(Mnemonic.Ud1),
  vldqqu: all(Mnemonic.Vlddqu),
  vmovntqq: all(Mnemonic.Vmovntdq),
  vmovqqa: all(Mnemonic.Vmovdqa),
  vmovqqu: all(Mnemonic.Vmovdqu),
  // iced-x86 gives these pairs one mnemonic each.
  cmpxchg: only(
    Mnemonic.Cmpxchg,
    ...[Code.Cmpxchg_rm8_r8, Code.Cmpxchg_rm16_r16, Code.Cmpxchg_rm32_r32, Code.Cmpxchg_rm64_r64],
  ),
  cmpxchg486: only(
    Mnemonic.Cmpxchg,
    ...[Code.Cmpxchg486_rm8_r8, Code.Cmpxchg486_rm16_r16, Code.Cmpxchg486_rm32_r32],
  ),
  loadall: only(Mnemonic.Loadall, Code.Loadall386),
  loadall286: only(Mnemonic.Loadall, Code.Loadall286),
  pmulhrwa: only(Mnemonic.Pmulhrw, Code.D3NOW_Pmulhrw_mm_mmm64),
  pmulhrwc: only(Mnemonic.Pmulhrw, Code.Pmulhrw_mm_mmm64),
  smint: only(Mnemonic.Smint, Code.Smint),
  smintold: only(Mnemonic.Smint, Code.Smint_0F7E),
};

/** Predicates of CMPPS and its kin; VEX forms know all 32 (SDM vol. 2A, table 3-1). */
const PREDICATES: readonly (readonly string[])[] = [
  ...[
    ['eq', 'eq_oq'],
    ['lt', 'lt_os'],
    ['le', 'le_os'],
    ['unord', 'unord_q'],
  ],
  ...[
    ['neq', 'neq_uq'],
    ['nlt', 'nlt_us'],
    ['nle', 'nle_us'],
    ['ord', 'ord_q'],
  ],
  ...[['eq_uq'], ['nge', 'nge_us'], ['ngt', 'ngt_us'], ['false', 'false_oq']],
  ...[['neq_oq'], ['ge', 'ge_os'], ['gt', 'gt_os'], ['true', 'true_uq']],
  ...[['eq_os'], ['lt_oq'], ['le_oq'], ['unord_s'], ['neq_us'], ['nlt_uq'], ['nle_uq'], ['ord_s']],
  ...[
    ['eq_us'],
    ['nge_uq'],
    ['ngt_uq'],
    ['false_os'],
    ['neq_os'],
    ['ge_oq'],
    ['gt_oq'],
    ['true_us'],
  ],
];

/** Predicates of VPCMPB and its kin (SDM vol. 2C, table 5-10). */
const INTEGER_PREDICATES: readonly (readonly string[])[] = [
  ...[['eq'], ['lt'], ['le', 'ngt'], ['false']],
  ...[['neq'], ['nlt', 'ge'], ['nle', 'gt'], ['true']],
];

/** The halves that PCLMULQDQ multiplies (SDM vol. 2B). */
const PCLMUL: Readonly<Record<string, number>> = { lqlq: 0, hqlq: 1, lqhq: 16, hqhq: 17 };

/** Another name of an instruction, perhaps with its last operand contained in it. */
export interface Synonym {
  readonly name: string;
  readonly like: string;
  readonly immediate?: number;
}

function* predicateNames(): Generator<Synonym> {
  for (const type of ['ps', 'pd', 'ss', 'sd']) {
    for (const [immediate, names] of PREDICATES.entries()) {
      for (const own of names) {
        if (immediate < 8 && !own.includes('_'))
          yield { name: `cmp${own}${type}`, like: `cmp${type}`, immediate };
        yield { name: `vcmp${own}${type}`, like: `vcmp${type}`, immediate };
      }
    }
  }
  for (const type of ['b', 'w', 'd', 'q', 'ub', 'uw', 'ud', 'uq']) {
    for (const [immediate, names] of INTEGER_PREDICATES.entries())
      for (const own of names)
        yield { name: `vpcmp${own}${type}`, like: `vpcmp${type}`, immediate };
  }
  for (const [halves, immediate] of Object.entries(PCLMUL)) {
    yield { name: `pclmul${halves}dq`, like: 'pclmulqdq', immediate };
    yield { name: `vpclmul${halves}dq`, like: 'vpclmulqdq', immediate };
  }
}

export const PREDICATE_NAMES: readonly Synonym[] = [...predicateNames()];

const CONDITION_FRAMES: readonly (readonly [before: string, after: string])[] = [
  ['j', ''],
  ['set', ''],
  ['cmov', ''],
  ['cmp', 'xadd'],
];

/** NASM allows the factors of a fused multiply-add to be numbered either way round. */
const FMA_ORDERS: Readonly<Record<string, string>> = { 132: '312', 213: '123', 231: '321' };

/** Names that follow from others by a rule: condition codes, and the orders of fused multiply-adds. */
export function* nameSynonyms(names: readonly string[]): Generator<Synonym> {
  const known = new Set(names);
  for (const codes of CONDITIONS) {
    for (const [before, after] of CONDITION_FRAMES) {
      const like = codes.map((code) => before + code + after).find((name) => known.has(name));
      if (like !== undefined) for (const code of codes) yield { name: before + code + after, like };
    }
  }
  for (const like of names) {
    const match = /^(vfn?m(?:add|sub)(?:add|sub)?)(132|213|231)(.*)$/.exec(like);
    const [, before = '', order = '', after = ''] = match ?? [];
    if (match) yield { name: before + (FMA_ORDERS[order] ?? '') + after, like };
  }
}

/** NASM's HINT_NOP0 to HINT_NOP63: the reserved NOPs of 0F 18 to 0F 1F, with the number of ModRM.reg in the name. */
function* hintNops(): Generator<[string, MnemonicEntry]> {
  for (let n = 0; n < 64; n++) {
    const opcode = (0x0f18 + (n >> 3)).toString(16).toUpperCase().padStart(4, '0');
    const codes = ['rm16_r16', 'rm32_r32', 'rm64_r64'].map(
      (shape) => Code[`Reservednop_${shape}_${opcode}` as keyof typeof Code],
    );
    yield [`hint_nop${n}`, { mnemonics: [Mnemonic.Reservednop], codes, registerNumber: n & 7 }];
  }
}

/** NASM's names that no rule gives. */
export const ALIASES: Readonly<Record<string, MnemonicEntry>> = {
  ...OWN_NAMES,
  ...Object.fromEntries(hintNops()),
};
