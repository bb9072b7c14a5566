import * as l10n from '@vscode/l10n';

/** What can be typed, by example: each line an expression and what it gives. */
const EXAMPLES: readonly (readonly [expression: string, meaning: () => string])[] = [
  ['rax, ax, rflags, zf, cr3, cs.base, gdtr.limit', () => l10n.t('registers, parts, flags')],
  ['msr(IA32_EFER)', () => l10n.t('a model-specific register')],
  ['main, .loop, $rax', () => l10n.t('labels; $ where a register has the same name')],
  ['dword [rsp+8], byte fs:[0]', () => l10n.t('memory as an instruction would reach it')],
  ['xmm0.f32[1], ymm3.u8[31], mm0.i16', () => l10n.t('lanes of a vector register, one or all')],
  ['st0, st(1), st0.bits, mxcsr', () => l10n.t('the x87 stack, its bits; control words')],
  ['float [rsi], tword [rdi], oword [0]', () => l10n.t('memory as floating point, as a vector')],
  ['gpa(0x1000), hpa(0x1000)', () => l10n.t('memory at a guest- or host-physical address')],
  ['cs:ip, 0x7c0:0x10', () => l10n.t('the linear address of a far pointer')],
  ['phys(rsp), hostphys(rsp)', () => l10n.t('where a linear address lies')],
  ['guest.rax, host.rip, vmcs.GUEST_RIP', () => l10n.t('either side, and the VMCS')],
  ['exit.reason, exit.qualification, event.vector', () => l10n.t('the last VM exit, exception')],
  ['st0 > 1.5, xmm0.f64[0] == inf', () => l10n.t('comparisons, exact; fractions are kept')],
  [
    'rax = 0x10, zf = 1, [0x500] = 2, xmm0.f32[1] = 1.5',
    () => l10n.t('assignments (here in the console)'),
  ],
  ['rax,d  rax,b  rax,c  rax,f', () => l10n.t('signed decimal, binary, characters, fraction')],
];

/** For whoever types `help` in the console. */
export function helpText(): string {
  const width = Math.max(...EXAMPLES.map(([expression]) => expression.length));
  const lines = EXAMPLES.map(
    ([expression, meaning]) => `${expression.padEnd(width)}  ${meaning()}`,
  );
  return [l10n.t('Expressions are C’s and NASM’s, numbers are NASM’s:'), ...lines].join('\n');
}
