import type { OperationCost } from './costs';
import type { GuestEnd } from './end';
import type { Host } from './host/host';
import type { Operation, OperationKind, Site } from './operation';

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** A word, a number to be shown in hexadecimal, or both: 'guest-linear 0x7c00'. */
export type Shown = string | number | bigint | readonly [what: string, value: number | bigint];

function inWords(operand: Shown): string {
  if (typeof operand === 'string') return operand;
  return typeof operand === 'object' ? `${operand[0]} ${hex(operand[1])}` : hex(operand);
}

/** A field of a control structure, as an operand. */
export interface FieldOperand {
  /** The encoding of a field of the VMCS, or the offset of one in the VMCB. */
  readonly number: number;
  /** How the operand is written. */
  readonly name: string;
}

/** What an instruction, or a software step of the monitor, does with its operands. */
interface Instruction<Operands extends readonly unknown[]> {
  /** Does it. A bigint is what the yield expression gives; without one it gives 0. */
  readonly perform: (host: Host, ...operands: Operands) => unknown;
  /** How the operands are written; by default there are none. */
  readonly operands?: (...operands: Operands) => readonly Shown[];
  /** The field that it reads or writes: the first operand. */
  readonly field?: (...operands: Operands) => FieldOperand;
  /** What it ends the guest with. */
  readonly end?: (...operands: Operands) => GuestEnd;
  readonly kind?: OperationKind;
}

/** No instruction has more operands. */
type Operands = readonly [first: unknown, second: unknown, third: unknown];

/** An instruction as all its operations know it. */
interface Definition extends Required<Pick<Instruction<Operands>, 'kind' | 'perform'>> {
  readonly name: string;
  readonly cost: OperationCost;
  readonly rest: Instruction<Operands>;
}

/**
 * An instruction with its operands. A handler makes some twenty of them, so that they are of one
 * shape and small, and the operands are put into words when somebody looks, which is seldom.
 */
class InstructionWithOperands implements Operation {
  result: bigint | undefined = undefined;
  site: Site | undefined = undefined;

  constructor(
    private readonly definition: Definition,
    private readonly first: unknown,
    private readonly second: unknown,
    private readonly third: unknown,
  ) {}

  get name(): string {
    return this.definition.name;
  }

  get cycles(): number {
    return this.definition.cost.cycles;
  }

  get cost(): OperationCost {
    return this.definition.cost;
  }

  get kind(): OperationKind {
    return this.definition.kind;
  }

  get operands(): string {
    const parts = this.definition.rest.operands?.(...this.given) ?? [];
    const { field } = this;
    return [...(field ? [field.name] : []), ...parts.map(inWords)].join(', ');
  }

  get fields(): readonly number[] {
    const { field } = this;
    return field ? [field.number] : [];
  }

  private get field(): FieldOperand | undefined {
    return this.definition.rest.field?.(...this.given);
  }

  get end(): GuestEnd | undefined {
    return this.definition.rest.end?.(...this.given);
  }

  perform(host: Host): bigint {
    const result = this.definition.perform(host, this.first, this.second, this.third);
    return typeof result === 'bigint' ? result : 0n;
  }

  private get given(): Operands {
    return [this.first, this.second, this.third];
  }
}

/**
 * Gives what makes operations of an instruction.
 *
 * @param name the manual's name, or the verb of a software step
 * @param cost one of `Cost`
 */
export function instruction<Given extends unknown[]>(
  name: string,
  cost: OperationCost,
  described: Instruction<Given>,
): (...operands: Given) => Operation {
  // The functions get their operands as they came.
  const rest = described as unknown as Instruction<Operands>;
  const { perform, kind = 'plain' } = rest;
  const definition: Definition = { name, cost, kind, perform, rest };
  return (...given) => new InstructionWithOperands(definition, given[0], given[1], given[2]);
}
