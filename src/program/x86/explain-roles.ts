import * as l10n from '@vscode/l10n';
import { Register } from 'iced-x86';
import { SourceError } from '../diagnostics';
import type { Operand, RegisterOperand } from '../statement';
import type { Form } from './forms';
import type { KindInfo } from './operand-kinds';
import { classOf, numberOf, registerName, type RegisterClass } from './registers';

/** An instruction with operands that no form takes. */
interface Refused {
  readonly mnemonic: string;
  readonly operands: readonly Operand[];
  /** The forms of the mode with as many operands. */
  readonly forms: readonly Form[];
  readonly bits: 16 | 32 | 64;
}

type Explain = (refused: Refused) => SourceError | undefined;

const isRegister = (operand: Operand | undefined, cls: RegExp): boolean =>
  operand?.kind === 'register' && cls.test(classOf(operand.register) ?? '');

const nameOf = (operand: Operand): string | undefined =>
  operand.kind === 'register' ? registerName(operand.register) : undefined;

/** The count of a shift or rotation. */
const count: Explain = ({ mnemonic, operands }) => {
  if (!/^(sh[lr]d?|sa[lr]|ro[lr]|rc[lr])$/.test(mnemonic)) return undefined;
  const last = operands[mnemonic.endsWith('d') ? 2 : 1];
  if (!last || last.kind === 'immediate' || nameOf(last) === 'cl') return undefined;
  return new SourceError(
    l10n.t('the count of `{0}` is `cl` or a constant, nothing else', mnemonic),
    last.span,
  );
};

/** IN and OUT: the accumulator on one side, the port on the other. */
const port: Explain = ({ mnemonic, operands }) => {
  if (mnemonic !== 'in' && mnemonic !== 'out') return undefined;
  const [first, second] = operands;
  const [data, number] = mnemonic === 'in' ? [first, second] : [second, first];
  if (!data || !number) return undefined;
  if (number.kind !== 'immediate' && nameOf(number) !== 'dx') {
    return new SourceError(
      l10n.t('the port of `{0}` is `dx` or a constant up to 255', mnemonic),
      number.span,
    );
  }
  if (/^e?ax$|^al$/.test(nameOf(data) ?? '')) return undefined;
  return new SourceError(
    mnemonic === 'in'
      ? l10n.t('`in` reads into the accumulator only: `al`, `ax` or `eax`')
      : l10n.t('`out` writes the accumulator only: `al`, `ax` or `eax`'),
    data.span,
  );
};

/** Control and debug registers, of which only some exist. */
const controlRegister: Explain = ({ mnemonic, operands, bits }) => {
  const own = operands.find((operand) => isRegister(operand, /^[cd]r$/));
  const other = operands.find((operand) => operand !== own);
  if (mnemonic !== 'mov' || own?.kind !== 'register' || !other) return undefined;
  const missing = missingRegister(own.register);
  if (missing !== undefined) return new SourceError(missing, own.span);
  const width = bits === 64 ? 64 : 32;
  if (isRegister(other, width === 64 ? /^r64$/ : /^r32$/)) return undefined;
  return new SourceError(
    l10n.t(
      '`{0}` moves only to and from a {1}-bit register, such as `{2}`',
      registerName(own.register),
      String(width),
      width === 64 ? 'rax' : 'eax',
    ),
    other.span,
  );
};

const CONTROL_REGISTERS = [0, 2, 3, 4, 8];

/** What is to be said of a control or debug register that no processor has (SDM vol. 3A, 2.5 and 19.2). */
export function missingRegister(register: number): string | undefined {
  const cls = classOf(register);
  if (cls === 'cr' && !CONTROL_REGISTERS.includes(numberOf(register))) {
    return l10n.t(
      'there is no `{0}`: the control registers are cr0, cr2, cr3, cr4 and, in 64-bit code, cr8',
      registerName(register),
    );
  }
  if (cls === 'dr' && register > Register.DR7)
    return l10n.t('there is no `{0}`: the debug registers are dr0 to dr7', registerName(register));
  return undefined;
}

/** `jmp far 8`. */
const farTarget: Explain = ({ mnemonic, operands: [target] }) =>
  target?.kind === 'immediate' && target.distance === 'far'
    ? new SourceError(
        l10n.t('a far target is a segment and an offset: `{0} segment:offset`', mnemonic),
        target.span,
      )
    : undefined;

/** What an operand can be, of all that the forms allow in its place. */
interface Allowed {
  readonly memory: boolean;
  readonly register: boolean;
  readonly constant: boolean;
  readonly branch: boolean;
  /** Names of registers of which just these are allowed; undefined where whole classes are. */
  readonly only: readonly string[] | undefined;
  readonly classes: readonly RegisterClass[];
}

function allowedAt(forms: readonly Form[], index: number): Allowed {
  const infos = forms.flatMap((form) => form.operands.filter((o) => !o.implicit)[index] ?? []);
  const some = (test: (info: KindInfo) => unknown): boolean => infos.some((info) => test(info));
  const fixed = infos.flatMap(({ fixed: register }) =>
    register === undefined ? [] : registerName(register),
  );
  const anyOfClass = some((info) => info.cls);
  return {
    memory: some((info) => info.memory ?? info.offset),
    register: anyOfClass || fixed.length > 0,
    constant: some((info) => info.immediate ?? info.far),
    branch: some((info) => info.branch),
    only: anyOfClass || fixed.length === 0 ? undefined : [...new Set(fixed)],
    classes: [...new Set(infos.flatMap((info) => info.cls ?? []))],
  };
}

/** What is said of the first operand of a kind that its place does not allow; undefined where all are allowed. */
export const explainKind: Explain = ({ mnemonic, operands, forms }) => {
  if (forms.length === 0) return undefined;
  for (const [index, operand] of operands.entries()) {
    const words = needed(mnemonic, operand, allowedAt(forms, index));
    if (words !== undefined) return new SourceError(words, operand.span);
  }
  return undefined;
};

function needed(mnemonic: string, operand: Operand, allowed: Allowed): string | undefined {
  const { memory, register, constant, branch, only } = allowed;
  const name = nameOf(operand);
  const fits =
    operand.kind === 'memory'
      ? memory
      : operand.kind === 'register'
        ? register && (only === undefined || only.includes(name ?? ''))
        : constant || branch;
  if (fits) return operand.kind === 'register' ? wrongClass(mnemonic, operand, allowed) : undefined;
  if (only && !branch) return onlyThese(mnemonic, only, allowed);
  if (branch && !memory && !register) return l10n.t('`{0}` goes to a label only', mnemonic);
  if (memory && !register && !constant) return bracketsNeeded(mnemonic, operand);
  if (constant && !memory && !register) return l10n.t('`{0}` needs a constant here', mnemonic);
  if (register && !memory && !constant) return l10n.t('`{0}` needs a register here', mnemonic);
  if (operand.kind === 'immediate')
    return l10n.t('`{0}` needs a register or memory here, not a constant', mnemonic);
  return undefined;
}

function onlyThese(
  mnemonic: string,
  only: readonly string[],
  { memory, constant }: Allowed,
): string {
  const names = only.join('`, `');
  if (memory) return l10n.t('`{0}` takes only `{1}` or memory here', mnemonic, names);
  return constant
    ? l10n.t('`{0}` takes only `{1}` or a constant here', mnemonic, names)
    : l10n.t('`{0}` takes only `{1}` here', mnemonic, names);
}

/** One register of each class. */
const SAMPLES: Readonly<Partial<Record<RegisterClass, string>>> = {
  r8: 'al',
  r16: 'ax',
  r32: 'eax',
  r64: 'rax',
  seg: 'ds',
  xmm: 'xmm1',
  ymm: 'ymm1',
  zmm: 'zmm1',
  k: 'k1',
  bnd: 'bnd0',
  st: 'st1',
  mm: 'mm1',
  tmm: 'tmm1',
};

/** A register, where there may be one, of a class that no form has in this place. */
function wrongClass(
  mnemonic: string,
  { register }: RegisterOperand,
  { classes, only }: Allowed,
): string | undefined {
  const own = classOf(register);
  if (only || own === undefined || classes.includes(own)) return undefined;
  const samples = classes.flatMap((cls) => SAMPLES[cls] ?? []).join('`, `');
  return l10n.t(
    '`{0}` takes a register such as `{1}` here, not `{2}`',
    mnemonic,
    samples,
    registerName(register),
  );
}

/** `lgdt gdtr` lacks brackets; `lea ax, bx` may be meant as a MOV. */
function bracketsNeeded(mnemonic: string, operand: Operand): string {
  const named = operand.kind === 'immediate' && operand.value.kind === 'symbol';
  const inside = named ? operand.value.name : (nameOf(operand) ?? 'label');
  return l10n.t('`{0}` needs an address in brackets here, as in `[{1}]`', mnemonic, inside);
}

/** What is wrong with an operand that plays a part of its own, such as a port; undefined where it is something else. */
export function explainRole(refused: Refused): SourceError | undefined {
  for (const explain of [count, port, controlRegister, farTarget]) {
    const found = explain(refused);
    if (found) return found;
  }
  return undefined;
}
