import * as l10n from '@vscode/l10n';
import type { Assembler } from './assembler';
import { fits } from './data';
import { SourceError } from './diagnostics';
import { evaluate } from './evaluate';
import type { AddressHint, Body, MemoryOperand, Operand, Statement } from './statement';
import { repeat } from './storage';
import { isSummed } from './summed';
import { isKnown, isScalar, resolve, singleBase, type Value } from './value';
import { addressOf } from './x86/address';
import type { VectorChoice } from './x86/cpu-levels';
import { encode, withPrefixes } from './x86/encode';
import type { Context, Resolved } from './x86/match';
import { isConditionalJump, NEAR_JCC, shortJumpOpcode } from './x86/jumps';
import { lonePrefixes, sizedPrefixes } from './x86/prefix-bytes';
import { select, type Choice } from './x86/select';

type InstructionBody = Extract<Body, { kind: 'instruction' }>;

/** What a statement chose, and the values it chose by; the choice stands as long as they do. */
interface Memory {
  readonly key: readonly Value[];
  readonly position: number;
  readonly bits: number;
  readonly cpu: number;
  readonly vectors: VectorChoice;
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

/** Assembles instruction statements: computes the operands, has the form chosen, and writes the bytes. */
export class InstructionWriter {
  private readonly memory = new WeakMap<Statement, Memory>();

  constructor(private readonly assembler: Assembler) {}

  write(written: InstructionBody, statement: Statement, count: number): void {
    const { assembler } = this;
    const body = { ...written, prefixes: sizedPrefixes(written.prefixes, assembler.bits) };
    if (body.mnemonic === '') {
      const bytes = lonePrefixes(body.prefixes, assembler.bits);
      for (let i = 0; i < count; i++) assembler.room(bytes.length, 'code')?.set(bytes);
      return;
    }
    const values: Value[] = [];
    const operands = body.operands.map((operand) =>
      this.resolve(operand, values, body.prefixes.addressSize),
    );
    if (this.jumpsTooFar(body, operands)) {
      for (let i = 0; i < count; i++) this.writeAround(body, statement, operands, values);
      return;
    }
    const choice = this.choose(body, statement, operands, values);
    if (count > MANY && !dependsOnPlace(choice)) {
      repeat(assembler, count, 'code', () => {
        this.emit(body, choice, operands);
      });
      return;
    }
    // NASM computes the operands once; only the distance of a branch differs from one copy to the next.
    this.emit(body, choice, operands);
    for (let i = 1; i < count; i++)
      this.emit(body, this.choose(body, statement, operands, values), operands);
  }

  private resolve(operand: Operand, values: Value[], addressPrefix: 0 | 16 | 32 | 64): Resolved {
    const { assembler } = this;
    const compute = (value: Value): Value => {
      values.push(value);
      return value;
    };
    switch (operand.kind) {
      case 'register':
        return { operand };
      case 'immediate': {
        const value = compute(evaluate(operand.value, assembler.names));
        if (value.terms.some((term) => typeof term.of === 'number')) {
          throw new SourceError(
            l10n.t('registers can be added only inside an address in brackets'),
            operand.span,
          );
        }
        return { operand, value };
      }
      case 'far':
        return {
          operand,
          selector: compute(evaluate(operand.selector, assembler.names)),
          value: compute(evaluate(operand.offset, assembler.names)),
        };
      case 'memory': {
        const value = compute(evaluate(operand.address, assembler.names));
        const hint = this.hintOf(operand, value);
        const address = addressOf({ ...operand, hint }, value, assembler, addressPrefix);
        return { operand, address };
      }
    }
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
    this.checkRange(choice, operands, address);
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

  private choose(
    body: InstructionBody,
    statement: Statement,
    operands: readonly Resolved[],
    values: readonly Value[],
  ): Choice {
    const { assembler } = this;
    const { bits, cpu, vectors } = assembler;
    const position = assembler.output.section?.size ?? 0;
    const before = this.memory.get(statement);
    if (
      before?.bits === bits &&
      before.cpu === cpu &&
      before.vectors === vectors &&
      sameValues(before.key, values)
    ) {
      const relative = before.choice.match.slots.some((slot) => slot.kind === 'branch');
      if (!relative || before.position === position) return before.choice;
    }
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
    const choice = select({ mnemonic, span: statement.span, prefixes, operands }, context);
    this.memory.set(statement, { key: values, position, bits, cpu, vectors, choice });
    return choice;
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
    values: readonly Value[],
  ): void {
    const { assembler } = this;
    const near = assembler.bits === 16 ? 3 : 5;
    const condition = shortJumpOpcode(body.mnemonic);
    assembler.room(2, 'code')?.set([condition ^ 1, near]);
    const jump: InstructionBody = { ...body, mnemonic: 'jmp' };
    const [target] = operands;
    if (target?.operand.kind !== 'immediate') return;
    const far: Resolved = { ...target, operand: { ...target.operand, distance: 'near' } };
    this.emit(jump, this.choose(jump, statement, [far], values), [far]);
  }

  /** Complains about branches that do not reach and warns of immediates that are cut. */
  private checkRange(choice: Choice, operands: readonly Resolved[], address: bigint): void {
    const { assembler } = this;
    for (const slot of choice.match.slots) {
      const operand = operands.find((r) => r.operand.kind === 'immediate' && r.value !== undefined);
      const span = operand?.operand.span;
      if (slot.kind === 'branch') {
        const { bits, width } = slot.info;
        const target = resolve(slot.value);
        const distance = BigInt.asIntN(width, target - (address + BigInt(choice.length)));
        if (bits === 8 && (distance < -128n || distance > 127n)) {
          // NASM lets plain numbers pass, which may mean anything, and cuts the distance.
          if (isScalar(slot.value)) {
            assembler.warn(
              l10n.t('the target is {0} bytes away and is cut to a byte', String(distance)),
              span,
            );
            continue;
          }
          throw new SourceError(
            l10n.t(
              'the target is {0} bytes away, and a short jump reaches only -128 to 127',
              String(distance),
            ),
            span,
          );
        }
      } else if (slot.kind === 'immediate' && isScalar(slot.value)) {
        const { bits, width } = slot.info;
        const n = slot.value.n;
        const extended = BigInt.asIntN(width, n);
        const cut = !fits(n, width) || (bits < width && BigInt.asIntN(bits, n) !== extended);
        if (cut) {
          assembler.warn(
            l10n.t('{0} does not fit in {1} bits and is cut', format(n), String(bits)),
            operands.find((r) => r.value === slot.value)?.operand.span ?? span,
          );
        }
      }
    }
  }
}

const format = (n: bigint): string => (n < 0n ? `-0x${(-n).toString(16)}` : `0x${n.toString(16)}`);
