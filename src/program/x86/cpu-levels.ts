import { CpuidFeature, Instruction } from 'iced-x86';

/** Processors that the directive `cpu` can name (NASM manual 8.11), as generations of the x86. */

/** What a program may use unless it says otherwise: everything. */
export const ANY_CPU = 9;

const NAMES: Readonly<Record<string, number>> = {
  '8086': 0,
  '186': 1,
  '286': 2,
  '386': 3,
  '486': 4,
};

/** NASM's other names; what came after the 486 is not told apart here. */
const NEWER = [
  ...['586', 'pentium', 'pentiummmx', '686', 'p6', 'ppro', 'pentiumpro', 'p2', 'pentiumii', 'p3'],
  ...['katmai', 'p4', 'willamette', 'prescott', 'x64', 'x86-64', 'ia64', 'ia-64', 'itanium'],
  ...['itanic', 'merced', 'nehalem', 'westmere', 'sandybridge', 'ivybridge', 'any', 'all'],
  ...['default'],
];

/** What `cpu` says about vector instructions. */
export interface VectorChoice {
  readonly vex: boolean;
  readonly evex: boolean;
  /** VEX also for instructions that had EVEX forms first. */
  readonly latevex: boolean;
}

export const ANY_VECTORS: VectorChoice = { vex: true, evex: true, latevex: false };

export const VECTOR_FLAGS: readonly string[] = ['vex', 'evex', 'latevex'];

/** The generation of a processor's name in lower case; undefined when it is none. */
export function cpuLevel(name: string): number | undefined {
  return NAMES[name] ?? (NEWER.includes(name) ? ANY_CPU : undefined);
}

export const cpuNames = (): string[] => [...Object.keys(NAMES), ...NEWER];

export const cpuName = (level: number): string =>
  Object.keys(NAMES).find((name) => NAMES[name] === level) ?? '586';

const { INTEL8086, INTEL8086_ONLY, INTEL186, INTEL286, INTEL286_ONLY } = CpuidFeature;
const { INTEL386, INTEL386_ONLY, INTEL386_A0_ONLY, INTEL486, INTEL486_A_ONLY } = CpuidFeature;

const FIRST: ReadonlyMap<number, number> = new Map([
  ...[INTEL8086, INTEL8086_ONLY, CpuidFeature.FPU].map((f) => [f, 0] as const),
  [INTEL186, 1] as const,
  ...[INTEL286, INTEL286_ONLY, CpuidFeature.FPU287].map((f) => [f, 2] as const),
  ...[INTEL386, INTEL386_ONLY, INTEL386_A0_ONLY, CpuidFeature.FPU387].map((f) => [f, 3] as const),
  ...[INTEL486, INTEL486_A_ONLY].map((f) => [f, 4] as const),
]);

const levels: (number | undefined)[] = [];
let probe: Instruction | undefined;

/** The generation that first had a form of iced-x86's list; 5 for everything after the 486. */
export function levelOf(code: number): number {
  let level = levels[code];
  if (level === undefined) {
    probe ??= new Instruction();
    probe.code = code;
    level = Math.max(0, ...Array.from(probe.cpuidFeatures(), (f) => FIRST.get(f) ?? 5));
    levels[code] = level;
  }
  return level;
}
