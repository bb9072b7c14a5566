import * as l10n from '@vscode/l10n';
import type { Assembler } from './assembler';
import { SourceError, type Span } from './diagnostics';
import { evaluate } from './evaluate';
import { checkRanges } from './operand-ranges';
import type { Decision } from './decision';
import type { AddressHint, InstructionBody, MemoryOperand, Statement } from './statement';
import { repeat } from './storage';
import { isSummed } from './summed';
import { isKnown, sameValue, singleBase, UNKNOWN, type Value } from './value';
import { addressOf } from './x86/address';
import { ChoiceCache, matchOf } from './x86/choice-cache';
import { encode, withPrefixes } from './x86/encode';
import type { Context, Resolved } from './x86/match';
import { canCheckBounds, isConditionalJump, NEAR_JCC, shortJumpOpcode } from './x86/jumps';
import { lonePrefixes, sizedPrefixes, withBounds } from './x86/prefix-bytes';
import type { Choice } from './x86/select';

/** Who keeps a decision: the instruction itself where it is constant, so that all lines that share it share that. */
type Keeper = Pick<Statement, 'decision'>;

type Decided = Pick<Decision, 'choice' | 'values'>;

/** From so many copies on, `times` makes one entry of the line table instead of one each. */
const MANY = 4096;

const dependsOnPlace = (choice: Choice): boolean =>
  choice.match.slots.some(
    (slot) => slot.kind === 'branch' || (slot.kind === 'memory' && slot.address.relative),
  );

const sameValues = (a: readonly Value[], b: readonly Value[]): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((value, i) => {
      const other = b[i];
      return other !== undefined && sameValue(value, other);
    }));

const hasBranch = (choice: Choice): boolean =>
  choice.match.slots.some((slot) => slot.kind === 'branch');

/** What tells instructions without values apart; undefined for those with decorations, which are rare. */
function keyOf(
  { mnemonic, operands, prefixes }: InstructionBody,
  bits: number,
): string | undefined {
  let key = `${bits} ${mnemonic}`;
  for (const operand of operands) {
    if (operand.kind !== 'register' || operand.decoration) return undefined;
    key += ` ${operand.register}${operand.to ? 't' : ''}`;
  }
  const { words, segment, operandSize, addressSize, encoding } = prefixes;
  if (words.length === 0 && segment + operandSize + addressSize === 0 && !encoding) return key;
  return `${key} ${words.join()} ${segment} ${operandSize} ${addressSize} ${encoding ?? ''}`;
}

/** Assembles instruction statements: computes the operands, has the form chosen, and writes the bytes. */
export class InstructionWriter {
  /** The choices for instructions that depend on nothing but their registers. */
  private readonly fixed = new Map<string, Decision>();

  private readonly forms = new ChoiceCache();

  constructor(private readonly assembler: Assembler) {}

  write(written: InstructionBody, statement: Statement, count: number): void {
    const { assembler } = this;
    const sized = sizedPrefixes(written.prefixes, assembler.bits);
    const bounds = assembler.defaultBounds && canCheckBounds(written);
    const prefixes = bounds ? withBounds(sized) : sized;
    const body = prefixes === written.prefixes ? written : { ...written, prefixes };
    if (body.mnemonic === '') {
      const bytes = lonePrefixes(prefixes, assembler.bits);
      for (let i = 0; i < count; i++) assembler.room(bytes.length, 'code')?.set(bytes);
      return;
    }
    const keeper = written.constant && body === written ? written : statement;
    const values =
      keeper.decision && keeper === written ? keeper.decision.values : this.valuesOf(body);
    for (let i = 0; i < count; i++) {
      // NASM computes the operands once; only the distance of a branch differs from one copy to the next.
      const decision = this.choose(body, keeper, statement.span, values);
      if (!decision) {
        this.writeAround(body, statement, this.resolve(body, values));
        continue;
      }
      const left = count - i;
      if (left > MANY && !dependsOnPlace(decision.choice)) {
        repeat(assembler, left, 'code', () => {
          this.emit(body, decision);
        });
        return;
      }
      this.emit(body, decision);
    }
  }

  /** The values in the operands, in their order: one of each immediate and address, two of a far pointer. */
  private valuesOf(body: InstructionBody): Value[] {
    const { names } = this.assembler;
    const values: Value[] = [];
    for (const operand of body.operands) {
      switch (operand.kind) {
        case 'register':
          break;
        case 'immediate': {
          const value = evaluate(operand.value, names);
          if (value.terms.some((term) => typeof term.of === 'number')) {
            throw new SourceError(
              l10n.t('registers can be added only inside an address in brackets'),
              operand.span,
            );
          }
          values.push(value);
          break;
        }
        case 'far':
          values.push(evaluate(operand.selector, names), evaluate(operand.offset, names));
          break;
        case 'memory':
          values.push(evaluate(operand.address, names));
      }
    }
    return values;
  }

  private resolve(body: InstructionBody, values: readonly Value[]): Resolved[] {
    let at = 0;
    const next = (): Value => values[at++] ?? UNKNOWN;
    return body.operands.map((operand): Resolved => {
      switch (operand.kind) {
        case 'register':
          return { operand };
        case 'immediate':
          return { operand, value: next() };
        case 'far':
          return { operand, selector: next(), value: next() };
        case 'memory': {
          const value = next();
          const hint = this.hintOf(operand, value);
          const hinted = hint === operand.hint ? operand : { ...operand, hint };
          const prefix = body.prefixes.addressSize;
          return { operand, address: addressOf(hinted, value, this.assembler, prefix) };
        }
      }
    });
  }

  /** The hint which register is the base, as far as NASM remembers it. */
  private hintOf(operand: MemoryOperand, value: Value): AddressHint | undefined {
    const { hint, nosplit, address } = operand;
    const matters = nosplit || value.terms.filter(({ of }) => typeof of === 'number').length > 1;
    return matters && isSummed(address, this.assembler.names) ? 'summed' : hint;
  }

  /** Makes room for an instruction; in the last pass also writes it. */
  private emit(body: InstructionBody, { choice, values }: Decided): void {
    const { assembler } = this;
    if (!assembler.final) {
      assembler.room(choice.length, 'code');
      return;
    }
    const operands = this.resolve(body, values);
    const match = matchOf(choice, operands, this.context(body, false));
    const room = assembler.room(choice.length, 'code');
    if (!room) return;
    const { section } = assembler.output;
    const { length, prefixBytes, addressSize } = choice;
    const address = (section?.address ?? 0n) + BigInt((section?.size ?? 0) - length);
    checkRanges({ match, length, operands, address, setting: assembler }, (message, span) => {
      assembler.warn(message, span);
    });
    const target = {
      bits: assembler.bits,
      ip: address + BigInt(prefixBytes.length),
      length: length - prefixBytes.length,
      addressSize,
      prefixes: body.prefixes,
      final: true,
    };
    try {
      room.set(withPrefixes(prefixBytes, encode(match, body.operands, target), match.form));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new SourceError(l10n.t('`{0}` cannot be encoded: {1}', body.mnemonic, reason));
    }
  }

  /** What was chosen before for the same values, if it still holds here. */
  private remembered(before: Decision | undefined, values: readonly Value[]): Decision | undefined {
    const { bits, cpu, vectors, defaultRelative, output } = this.assembler;
    if (before?.bits !== bits || before.cpu !== cpu || before.vectors !== vectors) return undefined;
    if (before.defaultRelative !== defaultRelative || !sameValues(before.values, values))
      return undefined;
    const moved = before.position !== (output.section?.size ?? 0);
    return moved && hasBranch(before.choice) ? undefined : before;
  }

  /** Undefined for a conditional jump that must be written around another one. */
  private choose(
    body: InstructionBody,
    keeper: Keeper,
    span: Span,
    values: readonly Value[],
  ): Decision | undefined {
    const { fixed } = this;
    const own = this.remembered(keeper.decision, values);
    if (own) return own;
    const key = values.length === 0 ? keyOf(body, this.assembler.bits) : undefined;
    let decision = key === undefined ? undefined : this.remembered(fixed.get(key), values);
    if (!decision) {
      const operands = this.resolve(body, values);
      if (this.jumpsTooFar(body, operands)) return undefined;
      const choice = this.select(body, span, operands, keeper.decision);
      const { bits, cpu, vectors, defaultRelative, output } = this.assembler;
      const position = output.section?.size ?? 0;
      decision = { values, position, bits, cpu, vectors, defaultRelative, choice };
      if (key !== undefined) fixed.set(key, decision);
    }
    keeper.decision = decision;
    return decision;
  }

  private select(
    body: InstructionBody,
    span: Span,
    operands: readonly Resolved[],
    before: Decision | undefined,
  ): Choice {
    const grown =
      before?.choice.match.slots.some((s) => s.kind === 'branch' && s.info.bits !== 8) ?? false;
    const { mnemonic, prefixes } = body;
    const context = this.context(body, grown);
    return this.forms.select({ mnemonic, span, prefixes, operands }, context);
  }

  /** @param grown whether it was a near branch before, which it stays where sizes may only grow */
  private context({ prefixes }: InstructionBody, grown: boolean): Context {
    const { assembler } = this;
    const { bits, cpu, vectors } = assembler;
    const prefixed = prefixes.words.length > 0 ? 1 : 0;
    return {
      bits,
      cpu,
      vectors,
      fitsShort: (value, length) =>
        !(isKnown(value) && assembler.growOnly && grown) &&
        this.fitsShort(value, length + prefixed),
    };
  }

  /** Whether an instruction of `length` bytes here can jump to `value` by a signed byte. */
  private fitsShort(value: Value, length: number): boolean {
    const { section } = this.assembler.output;
    if (!isKnown(value)) return true;
    if (!section || singleBase(value) !== section) return false;
    const delta = value.n - BigInt(section.size + length);
    return delta >= -128n && delta <= 127n;
  }

  /** Whether a conditional jump needs the near form, which processors before the 386 do not have. */
  private jumpsTooFar(body: InstructionBody, operands: readonly Resolved[]): boolean {
    const [target, ...more] = operands;
    if (this.assembler.cpu >= NEAR_JCC || !target?.value || more.length > 0) return false;
    if (target.operand.kind !== 'immediate' || target.operand.distance !== undefined) return false;
    return isConditionalJump(body.mnemonic) && !this.fitsShort(target.value, 2);
  }

  /** Writes a conditional jump as its opposite around a near jump, as NASM does for old processors. */
  private writeAround(
    body: InstructionBody,
    statement: Statement,
    operands: readonly Resolved[],
  ): void {
    const { assembler } = this;
    const near = assembler.bits === 16 ? 3 : 5;
    const condition = shortJumpOpcode(body.mnemonic);
    assembler.room(2, 'code')?.set([condition ^ 1, near]);
    const [target] = operands;
    if (target?.operand.kind !== 'immediate') return;
    const far: Resolved = { ...target, operand: { ...target.operand, distance: 'near' } };
    const jump: InstructionBody = { ...body, mnemonic: 'jmp', operands: [far.operand] };
    const choice = this.select(jump, statement.span, [far], undefined);
    this.emit(jump, { choice, values: [target.value ?? UNKNOWN] });
  }
}
