import * as l10n from '@vscode/l10n';
import {
  numberOf,
  sizeOf,
  bare,
  Unavailable,
  type Location,
  type Member,
  type Type,
} from '../../debug-info';
import type { ExpressionContext } from '../expressions/context';
import { gprOf, machineOf } from '../places/compiled-frame';

/** Nobody looks at more in one piece. */
const MOST_BYTES = 0x1000;

/** Where the value of a variable lies, or that of a part of one. */
interface Place {
  readonly location: Location;
  /** Bytes of the location that stand before it. */
  readonly offset: number;
  readonly bits?: Member['bits'];
}

/** A variable of a compiled program, or a part of one, in an activation. It is read when somebody asks. */
export class CompiledValue {
  constructor(
    readonly context: ExpressionContext,
    readonly type: Type,
    private readonly place: Place,
    /** What means the same in an expression. */
    readonly expression: string,
  ) {}

  static at(context: ExpressionContext, type: Type, address: bigint, expression: string) {
    return new CompiledValue(context, type, { location: memory(address), offset: 0 }, expression);
  }

  /** Its address; undefined where it is not in memory. */
  get address(): bigint | undefined {
    const { location, offset } = this.place;
    return location.kind === 'memory' ? location.address + BigInt(offset) : undefined;
  }

  get isBitField(): boolean {
    return this.place.bits !== undefined;
  }

  /** Its bytes, of many the first. @throws Unavailable */
  get bytes(): Uint8Array {
    return this.read(this.place.offset, Math.min(sizeOf(this.type), MOST_BYTES));
  }

  private read(offset: number, size: number): Uint8Array {
    const { location } = this.place;
    const found =
      location.kind === 'memory'
        ? this.machine.read(location.address + BigInt(offset), size)
        : this.bytesOf(location).subarray(offset, offset + size);
    if (found.length < size) throw new Unavailable('??');
    return found;
  }

  private get machine() {
    const machine = machineOf(this.context.registers, this.context.memory);
    if (!machine) throw new Unavailable('??');
    return machine;
  }

  private bytesOf(location: Location): Uint8Array {
    switch (location.kind) {
      case 'memory':
        return this.machine.read(location.address, 16);
      case 'register':
        return bytesOf(this.machine.register(location.register));
      case 'value':
        return bytesOf(location.value);
      case 'bytes':
        return location.bytes;
      case 'gone':
        return new Uint8Array();
      case 'pieces':
        return Uint8Array.from(
          location.pieces.flatMap((piece) => {
            const size = Math.ceil(piece.bits / 8);
            const skipped = Math.floor(piece.skipped / 8);
            const found = [...this.bytesOf(piece.location)].slice(skipped, skipped + size);
            if (found.length < size) throw new Unavailable('??');
            return found;
          }),
        );
    }
  }

  /** Its bits as an unsigned number. @throws Unavailable */
  get number(): bigint {
    const { bits, offset } = this.place;
    if (!bits) return numberOf(this.bytes);
    const first = offset + Math.floor(bits.from / 8);
    const shift = bits.from % 8;
    const data = this.read(first, Math.ceil((shift + bits.count) / 8));
    return BigInt.asUintN(bits.count, numberOf(data) >> BigInt(shift));
  }

  /** How many bits the number has. */
  get width(): number {
    return this.place.bits?.count ?? sizeOf(this.type) * 8;
  }

  /** Writes it; undefined where it cannot be written. */
  get assign(): ((value: bigint) => void) | undefined {
    const { location, offset, bits } = this.place;
    const size = sizeOf(this.type);
    if (bits || size === 0 || size > 8) return undefined;
    if (location.kind === 'memory') {
      const address = location.address + BigInt(offset);
      return (value) => {
        this.write(address, bytesOf(value).subarray(0, size));
      };
    }
    const { bits: mode } = this.machine;
    const index = location.kind === 'register' ? gprOf(location.register, mode) : undefined;
    if (index === undefined || offset !== 0) return undefined;
    return (value) => {
      const { registers } = this.context;
      const kept = (registers.gpr(index) >> BigInt(8 * size)) << BigInt(8 * size);
      registers.setGpr(index, kept | BigInt.asUintN(8 * size, value));
    };
  }

  private write(address: bigint, bytes: Uint8Array): void {
    const { memory: there, wrote, world } = this.context;
    if (there.write('gva', address, bytes) < bytes.length) {
      throw new RangeError(l10n.t('{0} cannot be read', `0x${address.toString(16)}`));
    }
    const space = world.side === 'host' ? 'host' : 'gva';
    wrote?.({ space, address, bytes: bytes.length });
  }

  /** A member of a struct. */
  member({ name, type, offset, bits }: Member): CompiledValue {
    const inner = this.place.offset + (bits ? 0 : offset);
    const place = { location: this.place.location, offset: inner, ...(bits && { bits }) };
    const expression = name === '' ? this.expression : `${this.wrapped}.${name}`;
    return new CompiledValue(this.context, type, place, expression);
  }

  /** An element of an array. */
  element(index: number, element: Type): CompiledValue {
    const offset = this.place.offset + index * sizeOf(element);
    const place = { location: this.place.location, offset };
    const expression = `${this.wrapped}[${String(index)}]`;
    return new CompiledValue(this.context, element, place, expression);
  }

  /** What a pointer points to, or what lies so many of it further. @throws Unavailable */
  target(index = 0): CompiledValue | undefined {
    const type = bare(this.type);
    if (type.kind !== 'pointer') return undefined;
    const { target } = type;
    const address = this.number + BigInt(index * sizeOf(target));
    const expression = index === 0 ? `*${this.expression}` : `${this.wrapped}[${String(index)}]`;
    return CompiledValue.at(this.context, target, address, expression);
  }

  private get wrapped(): string {
    return this.expression.startsWith('*') ? `(${this.expression})` : this.expression;
  }
}

const memory = (address: bigint): Location => ({ kind: 'memory', address });

const bytesOf = (value: bigint | undefined): Uint8Array => {
  if (value === undefined) throw new Unavailable('??');
  return Uint8Array.from({ length: 8 }, (_, n) =>
    Number((BigInt.asUintN(64, value) >> BigInt(8 * n)) & 0xffn),
  );
};
