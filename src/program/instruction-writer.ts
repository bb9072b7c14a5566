import * as l10n from '@vscode/l10n';
import type { Assembler } from './assembler';
import { SourceError } from './diagnostics';
import { evaluate } from './evaluate';
import { checkRanges } from './operand-ranges';
import type { AddressHint, Body, MemoryOperand, Statement } from './statement';
import { repeat } from './storage';
import { isSummed } from './summed';
import { isKnown, UNKNOWN, singleBase, type Value } from './value';
import { addressOf } from './x86/address';
import { ChoiceCache } from './x86/choice-cache';
import type { VectorChoice } from './x86/cpu-levels';
import { encode, withPrefixes } from './x86/encode';
import type { Context, Resolved } from './x86/match';
import { canCheckBounds, isConditionalJump, NEAR_JCC, shortJumpOpcode } from './x86/jumps';
import { lonePrefixes, sizedPrefixes, withBounds } from './x86/prefix-bytes';
import type { Choice } from './x86/select';

type InstructionBody = Extract<Body, { kind: 'instruction' }>;

/** What a statement chose, and by what; the choice stands as long as that stays the same. */
interface Memory {
  readonly values: readonly Value[];
  readonly position: number;
  readonly bits: number;
  readonly cpu: number;
  readonly vectors: VectorChoice;
  readonly defaultRelative: boolean;
  readonly operands: readonly Resolved[];
  readonly choice: Choice;
}

/** From so many copies on, `times` makes one entry of the line table instead of one each. */
const MANY = 4096;

const dependsOnPlace = (choice: Choice): boolean =>
  choice.match.slots.some(
    (slot) => slot.kind === 'branch' || (slot.kind === 'memory' && slot.address.relative),
  );

const sameValues = (a: readonly Value[], b: readonly Value[]): boolean =>
  a.length === b.length &&
  a.every((value, i) => {
    const other = b[i];
    return (
      other !== undefined &&
      value.n === other.n &&
      value.unknown === other.unknown &&
      value.terms.length === other.terms.length &&
      value.terms.every(
        (term, k) => term.of === other.terms[k]?.of && term.count === other.terms[k]?.count,
      )
    );
  });

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
  private readonly fixed = new Map<string, Memory>();
  /** The choices for all others. */
  private readonly chosen = new WeakMap<Statement, Memory>();

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
    const values = this.valuesOf(body);
    for (let i = 0; i < count; i++) {
      // NASM computes the operands once; only the distance of a branch differs from one copy to the next.
      const { operands, choice } = this.choose(body, statement, values);
      if (!choice) {
        this.writeAround(body, statement, operands);
        continue;
      }
      const left = count - i;
      if (left > MANY && !dependsOnPlace(choice)) {
        repeat(assembler, left, 'code', () => {
          this.emit(body, choice, operands);
        });
        return;
      }
      this.emit(body, choice, operands);
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
          const hinted = { ...operand, hint: this.hintOf(operand, value) };
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

  private emit(body: InstructionBody, choice: Choice, operands: readonly Resolved[]): void {
    const { assembler } = this;
    const room = assembler.room(choice.length, 'code');
    if (!room) return;
    const { section } = assembler.output;
    const offset = BigInt((section?.size ?? 0) - choice.length);
    const address = (section?.address ?? 0n) + offset;
    const placed = { choice, operands, address, setting: assembler };
    checkRanges(placed, (message, span) => {
      assembler.warn(message, span);
    });
    const ip = address + BigInt(choice.prefixBytes.length);
    const length = choice.length - choice.prefixBytes.length;
    const target = {
      bits: assembler.bits,
      ip,
      length,
      addressSize: choice.addressSize,
      prefixes: body.prefixes,
      final: true,
    };
    try {
      room.set(
        withPrefixes(
          choice.prefixBytes,
          encode(choice.match, choice.operands, target),
          choice.match.form,
        ),
      );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new SourceError(l10n.t('`{0}` cannot be encoded: {1}', body.mnemonic, reason));
    }
  }

  /** What was chosen before for the same values, if it still holds here. */
  private remembered(before: Memory | undefined, values: readonly Value[]): Memory | undefined {
    const { bits, cpu, vectors, defaultRelative, output } = this.assembler;
    if (before?.bits !== bits || before.cpu !== cpu || before.vectors !== vectors) return undefined;
    if (before.defaultRelative !== defaultRelative || !sameValues(before.values, values))
      return undefined;
    const moved = before.position !== (output.section?.size ?? 0);
    return moved && hasBranch(before.choice) ? undefined : before;
  }

  /** Operands and form; no form for a conditional jump that must be written around another one. */
  private choose(
    body: InstructionBody,
    statement: Statement,
    values: readonly Value[],
  ): { readonly operands: readonly Resolved[]; readonly choice: Choice | undefined } {
    const { fixed, chosen, assembler } = this;
    const key = values.length === 0 ? keyOf(body, assembler.bits) : undefined;
    const last = key === undefined ? chosen.get(statement) : fixed.get(key);
    const before = this.remembered(last, values);
    if (before) return before;
    const operands = this.resolve(body, values);
    if (this.jumpsTooFar(body, operands)) return { operands, choice: undefined };
    const choice = this.select(body, statement, operands, last);
    const { bits, cpu, vectors, defaultRelative } = assembler;
    const position = assembler.output.section?.size ?? 0;
    const place = { values, position, bits, cpu, vectors, defaultRelative };
    const memory = { ...place, operands, choice };
    if (key === undefined) chosen.set(statement, memory);
    else fixed.set(key, memory);
    return memory;
  }

  private select(
    body: InstructionBody,
    statement: Statement,
    operands: readonly Resolved[],
    before: Memory | undefined,
  ): Choice {
    const { assembler } = this;
    const { bits, cpu, vectors } = assembler;
    const grown =
      before?.choice.match.slots.some((s) => s.kind === 'branch' && s.info.bits !== 8) ?? false;
    const context: Context = {
      bits,
      cpu,
      vectors,
      fitsShort: (value, length) => {
        if (isKnown(value) && assembler.growOnly && grown) return false;
        return this.fitsShort(value, length + (body.prefixes.words.length > 0 ? 1 : 0));
      },
    };
    const { mnemonic, prefixes } = body;
    return this.forms.select({ mnemonic, span: statement.span, prefixes, operands }, context);
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
    const jump: InstructionBody = { ...body, mnemonic: 'jmp' };
    const [target] = operands;
    if (target?.operand.kind !== 'immediate') return;
    const far: Resolved = { ...target, operand: { ...target.operand, distance: 'near' } };
    this.emit(jump, this.select(jump, statement, [far], undefined), [far]);
  }
}
