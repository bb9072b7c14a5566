import * as l10n from '@vscode/l10n';
import { SourceError, type Span } from '../diagnostics';
import type { Operand } from '../statement';
import { ANY_CPU, cpuName, levelOf } from './cpu-levels';
import { explainKind, explainRole } from './explain-roles';
import type { Form } from './forms';
import { match, type Context, type Resolved } from './match';
import { bitsOf, classOf, registerName } from './registers';

interface Asked {
  readonly mnemonic: string;
  readonly span: Span;
  readonly operands: readonly Resolved[];
}

function describe(operand: Operand): string {
  switch (operand.kind) {
    case 'register':
      return `\`${registerName(operand.register)}\``;
    case 'memory':
      return operand.size === 0
        ? l10n.t('memory')
        : l10n.t('{0} bits of memory', String(operand.size));
    case 'immediate':
      return l10n.t('a constant');
    case 'far':
      return l10n.t('a far address');
  }
}

const width = (operand: Operand): number =>
  operand.kind === 'register'
    ? bitsOf(operand.register)
    : operand.kind === 'memory'
      ? operand.size
      : 0;

const isSegment = (operand: Operand): boolean =>
  operand.kind === 'register' && classOf(operand.register) === 'seg';

const isGeneral = (operand: Operand): boolean =>
  operand.kind === 'register' && /^r\d/.test(classOf(operand.register) ?? '');

/** Why no form of the instruction takes the operands, in words a student can act on. */
export function explainMismatch(
  asked: Asked,
  forms: readonly Form[],
  context: Context,
  failure: unknown,
): SourceError {
  const { mnemonic, span } = asked;
  const operands = asked.operands.map((r) => r.operand);
  const usable = forms.filter((form) => form.modes[context.bits]);
  if (usable.length === 0) {
    return new SourceError(
      l10n.t('`{0}` does not exist in {1}-bit code', mnemonic, String(context.bits)),
      span,
    );
  }
  const newer = usable.map((form) => levelOf(form.code));
  if (newer.every((level) => level > context.cpu)) {
    return new SourceError(
      l10n.t(
        '`{0}` needs a newer processor ({1}) than the program is for (`cpu {2}`)',
        mnemonic,
        cpuName(Math.min(...newer)),
        cpuName(context.cpu),
      ),
      span,
    );
  }
  const counts = [...new Set(usable.map((form) => form.written))].sort();
  const onStack = usable.some((form) => form.operands.some((o) => o.cls === 'st'));
  if (!counts.includes(operands.length) && !onStack) return wrongCount(asked, counts);
  const [to, from] = operands;
  if (to && from) {
    if (to.kind === 'memory' && from.kind === 'memory') {
      return new SourceError(
        l10n.t('an instruction can use only one memory operand: go through a register'),
        from.span,
      );
    }
    if (
      to.kind === 'immediate' &&
      from.kind !== 'immediate' &&
      !/^(out|enter|cmp)$/.test(mnemonic)
    ) {
      return new SourceError(
        l10n.t('the first operand is where the result goes, and a constant cannot take one'),
        to.span,
      );
    }
    if (to.kind === 'register' && classOf(to.register) === 'seg' && from.kind === 'immediate') {
      return new SourceError(
        l10n.t(
          'a segment register cannot be loaded with a constant: go through a register such as `ax`',
        ),
        from.span,
      );
    }
    if (isSegment(to) && isSegment(from)) {
      return new SourceError(
        l10n.t(
          'a segment register cannot be copied to another: go through a register such as `ax`',
        ),
        from.span,
      );
    }
  }
  if (to?.kind === 'far') {
    return new SourceError(
      l10n.t(
        'a direct far address does not exist in 64-bit code: use `{0} far [pointer]` or push and `retfq`',
        mnemonic,
      ),
      to.span,
    );
  }
  const fitting = usable.filter((form) => form.written === operands.length);
  const { bits } = context;
  const refused = { mnemonic, operands, forms: fitting, bits };
  const role = explainRole(refused);
  if (role) return role;
  const modes = otherModes(asked, forms, context);
  if (modes.length > 0) {
    return new SourceError(
      l10n.t(
        '`{0}` with these operands exists only in {1}-bit code, not in {2}-bit code',
        mnemonic,
        modes.join('/'),
        String(context.bits),
      ),
      span,
    );
  }
  const kind = explainKind(refused);
  if (kind) return kind;
  if (to && from) {
    const [a, b] = [width(to), width(from)];
    if (a !== 0 && b !== 0 && a !== b && (isGeneral(to) || isGeneral(from)))
      return wrongSizes(mnemonic, to, from);
  }
  if (usable.some((form) => form.needsMask) && !operands.some((o) => o.decoration?.mask)) {
    return new SourceError(
      l10n.t(
        '`{0}` needs a mask register after its first operand, such as `{1}`',
        mnemonic,
        '{k1}',
      ),
      span,
    );
  }
  if (context.cpu !== ANY_CPU) {
    return new SourceError(
      l10n.t(
        '`{0}` with these operands needs a newer processor than the program is for (`cpu {1}`)',
        mnemonic,
        cpuName(context.cpu),
      ),
      span,
    );
  }
  if (
    failure !== undefined &&
    operands.some((o) => o.kind === 'register' && /^[abcd]h$/.test(registerName(o.register)))
  ) {
    return new SourceError(
      l10n.t(
        'ah, bh, ch and dh cannot be used together with registers that need a REX prefix (r8 to r15, sil, …)',
      ),
      span,
    );
  }
  return new SourceError(
    operands.length === 0
      ? l10n.t('`{0}` cannot stand without operands', mnemonic)
      : l10n.t(
          '`{0}` cannot take these operands: {1}',
          mnemonic,
          operands.map(describe).join(', '),
        ),
    span,
  );
}

/** The other modes in which the instruction would take the operands. */
function otherModes(asked: Asked, forms: readonly Form[], context: Context): number[] {
  return ([16, 32, 64] as const).filter(
    (bits) =>
      bits !== context.bits &&
      forms.some(
        (form) => !form.modes[context.bits] && match(form, asked.operands, { ...context, bits }),
      ),
  );
}

function wrongCount(asked: Asked, counts: readonly number[]): SourceError {
  const { mnemonic, span, operands } = asked;
  const extra = operands[Math.max(...counts)];
  const list = counts.join(l10n.t(' or '));
  return new SourceError(
    counts.length === 1 && counts[0] === 0
      ? l10n.t('`{0}` takes no operands', mnemonic)
      : l10n.t('`{0}` takes {1} operand(s), not {2}', mnemonic, list, String(operands.length)),
    extra?.operand.span ?? span,
  );
}

/** An operand without its size, which the sentence tells. */
const named = (operand: Operand): string =>
  operand.kind === 'memory' ? l10n.t('memory') : describe(operand);

function wrongSizes(mnemonic: string, to: Operand, from: Operand): SourceError {
  const detail = l10n.t(
    'the operands differ in size: {0} has {1} bits, {2} has {3}',
    named(to),
    String(width(to)),
    named(from),
    String(width(from)),
  );
  const larger = mnemonic === 'mov' && isGeneral(to) && width(to) > width(from);
  return new SourceError(
    larger ? l10n.t('{0} (`movzx` or `movsx` extend the smaller)', detail) : detail,
    from.span,
  );
}
