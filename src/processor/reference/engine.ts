import { formTable } from '../decoder/forms';
import type { Engine, EngineImports } from '../execution/engine';
import {
  FIRST_FORM_HANDLER,
  FOLLOW_HANDLER,
  SPECIAL_HANDLER,
  UNCOUNTED_HANDLER,
} from '../execution/handler-numbers';
import { RECORD_SIZE, Rec, Segment, State, Wide, segmentSlot } from '../state/layout';
import { AbstractMachine } from '../semantics/abstract-machine';
import { Raised } from '../reasons/arithmetic';
import type {
  Expression,
  MemoryPlace,
  Slot,
  Statement,
  VectorPlace,
} from '../semantics/expression';
import { definitionOf } from '../semantics/instruction';
import { evaluate, type Environment } from './evaluate';

/** Thrown within one instruction to leave its statements for another record. */
class Leave {
  constructor(readonly record: number) {}
}

/**
 * The reference reading: evaluates each instruction's tree statement by statement with BigInt. Every
 * access to memory goes the slow way, so it also shows whether the software TLB tells the truth.
 */
export class ReferenceEngine implements Engine {
  remaining = 0;
  rounds = 0;
  record = 0;
  uncounted = 0;
  private readonly view: DataView;
  private readonly trees = new Map<number, Statement[]>();
  private locals = new Map<number, bigint>();
  private updates = new Map<number, bigint>();
  private readonly environment: Environment = {
    local: (id) => this.locals.get(id) ?? 0n,
    field: (name) => this.view.getBigUint64(this.record + FIELDS[name], true),
    nextRip: () => this.rip() + BigInt(this.view.getUint8(this.record + Rec.LENGTH)),
    effectiveAddress: () => this.effectiveAddress(),
  };

  constructor(
    memory: WebAssembly.Memory,
    private readonly imports: EngineImports,
  ) {
    this.view = new DataView(memory.buffer);
  }

  run(record: number): void {
    let at = record;
    while (at !== 0) {
      if (this.remaining <= this.rounds) {
        const offset = BigInt(this.view.getUint16(at + Rec.OFFSET, true));
        this.setState(State.RIP, this.state(State.RIP_BASE) + offset);
        return;
      }
      this.remaining--;
      this.record = at;
      at = this.step(at);
    }
  }

  private step(record: number): number {
    const handler = this.view.getUint16(record + Rec.HANDLER, true);
    if (handler === SPECIAL_HANDLER) return this.imports.special(record);
    if (handler === FOLLOW_HANDLER) {
      this.remaining++;
      const target = this.view.getUint32(record + Rec.TARGET_RECORD, true);
      return target !== 0 ? target : this.imports.enter(this.rip());
    }
    if (handler === UNCOUNTED_HANDLER) return this.withoutCount(record);
    return this.execute(record, handler);
  }

  private withoutCount(record: number): number {
    const next = this.execute(record, this.view.getUint16(record + Rec.INNER, true));
    this.remaining++;
    this.uncounted++;
    return next;
  }

  private execute(record: number, handler: number): number {
    this.locals = new Map();
    this.updates = new Map();
    try {
      this.statements(this.tree(handler - FIRST_FORM_HANDLER));
      return record + RECORD_SIZE;
    } catch (leave) {
      if (leave instanceof Leave) return leave.record;
      throw leave;
    }
  }

  private tree(number: number): Statement[] {
    let tree = this.trees.get(number);
    if (!tree) {
      const form = formTable().forms[number];
      const define = form && definitionOf(form.mnemonic);
      if (!form || !define) throw new Error(`no form ${String(number)}`);
      tree = AbstractMachine.build(form, define);
      this.trees.set(number, tree);
    }
    return tree;
  }

  private statements(list: readonly Statement[]): void {
    for (const statement of list) this.statement(statement);
  }

  private statement(s: Statement): void {
    switch (s.do) {
      case 'let':
        this.locals.set(s.id, this.value(s.value));
        return;
      case 'readState':
        this.locals.set(s.id, this.readSlot(this.slotAddress(s.slot), s.width / 8));
        return;
      case 'writeState':
        this.writeSlot(this.slotAddress(s.slot), s.width / 8, this.value(s.value));
        return;
      case 'readVector':
        this.locals.set(s.id, this.readVector(this.slotAddress(s.slot) + s.offset));
        return;
      case 'writeVector':
        this.writeSlot(this.slotAddress(s.slot) + s.offset, 16, this.value(s.value));
        return;
      case 'loadVector':
        this.imports.slowLoadWide(
          this.vectorAddress(s.place, false),
          s.place.width / 8,
          this.segment(s.place),
        );
        s.ids.forEach((id, n) => this.locals.set(id, this.readVector(Wide.BASE + 16 * n)));
        return;
      case 'storeVector':
        this.storeVector(s.place, s.values);
        return;
      case 'load': {
        const linear = this.linear(s.place, false);
        this.locals.set(
          s.id,
          this.imports.slowLoad(linear, s.place.width / 8, this.segment(s.place)),
        );
        return;
      }
      case 'loadForUpdate': {
        const linear = this.linear(s.place, true);
        this.updates.set(s.update, linear);
        const value = this.imports.slowLoadForUpdate(
          linear,
          s.place.width / 8,
          this.segment(s.place),
        );
        this.locals.set(s.id, value);
        return;
      }
      case 'store':
        this.store(this.linear(s.place, true), s.place, s.value);
        return;
      case 'storeUpdate':
        this.store(this.updates.get(s.update) ?? 0n, s.place, s.value);
        return;
      case 'if':
        this.statements(this.value(s.condition) !== 0n ? s.then : s.otherwise);
        return;
      case 'repeat':
        this.repeat(s.body, s.again);
        return;
      case 'jump':
        throw new Leave(this.imports.enter(this.value(s.target)));
      case 'jumpRelative': {
        const target =
          this.state(State.RIP_BASE) + this.view.getBigUint64(this.record + Rec.TARGET, true);
        throw new Leave(this.imports.branch(this.record, target & s.mask));
      }
      case 'raise':
        this.imports.raise(s.number);
        return;
      case 'slow':
        throw new Leave(this.imports.slow(s.path, this.record));
    }
  }

  private readVector(address: number): bigint {
    return this.state(address) | (this.state(address + 8) << 64n);
  }

  private storeVector(place: VectorPlace, values: readonly Expression[]): void {
    const linear = this.vectorAddress(place, true);
    values.forEach((value, n) => {
      this.writeSlot(Wide.BASE + 16 * n, 16, this.value(value));
    });
    this.imports.slowStoreWide(linear, place.width / 8, this.segment(place));
  }

  private vectorAddress(place: VectorPlace, write: boolean): bigint {
    const linear = this.linear(place, write);
    if (place.aligned && linear % BigInt(place.width / 8) !== 0n) {
      this.imports.raise(Raised.MISALIGNED_VECTOR);
    }
    return linear;
  }

  private repeat(body: readonly Statement[], again: Expression): void {
    const most = this.view.getInt32(State.REPEAT_LIMIT, true);
    for (let done = 0; done < most; done++) {
      this.statements(body);
      if (this.value(again) !== 0n) continue;
      this.countRounds(done);
      return;
    }
    this.countRounds(most);
    throw new Leave(this.record);
  }

  private countRounds(rounds: number): void {
    this.rounds += rounds;
  }

  private value(expression: Expression): bigint {
    return evaluate(expression, this.environment);
  }

  private store(linear: bigint, place: MemoryPlace, value: Expression): void {
    this.imports.slowStore(linear, place.width / 8, this.segment(place), this.value(value));
  }

  private segment(place: MemoryPlace<number>): number {
    if (place.segment !== 'record') return segmentSlot(place.segment);
    return this.view.getUint16(this.record + Rec.SEGMENT, true);
  }

  private linear(place: MemoryPlace<number>, write: boolean): bigint {
    const slot = this.segment(place);
    const offset = this.value(place.offset);
    const bytes = place.width / 8;
    if (this.view.getInt32(slot + Segment.CHECKED, true) !== 0) {
      const low = this.state(slot + (write ? Segment.WRITE_LOW : Segment.READ_LOW));
      const high = this.state(slot + (write ? Segment.WRITE_HIGH : Segment.READ_HIGH));
      if (offset < low || offset + BigInt(bytes) - 1n > high) {
        this.imports.segmentFault(slot, offset, bytes, write ? 1 : 0);
      }
    }
    return (this.state(slot + Segment.EFFECTIVE_BASE) + offset) & this.state(State.LINEAR_MASK);
  }

  private effectiveAddress(): bigint {
    const { view, record } = this;
    const base = this.state(view.getUint16(record + Rec.BASE, true));
    const index = this.state(view.getUint16(record + Rec.INDEX, true));
    const scale = BigInt(view.getUint8(record + Rec.SCALE));
    const displacement = view.getBigUint64(record + Rec.DISPLACEMENT, true);
    const mask = view.getBigUint64(record + Rec.ADDRESS_MASK, true);
    return (base + (index << scale) + displacement) & mask;
  }

  private rip(): bigint {
    const offset = BigInt(this.view.getUint16(this.record + Rec.OFFSET, true));
    return BigInt.asUintN(64, this.state(State.RIP_BASE) + offset);
  }

  private slotAddress(slot: Slot): number {
    if (slot.kind === 'state') return slot.address;
    const address = this.view.getUint16(this.record + Rec.OPERANDS + 2 * slot.index, true);
    return address + (slot.offset ?? 0);
  }

  private readSlot(address: number, bytes: number): bigint {
    return BigInt.asUintN(8 * bytes, this.state(address));
  }

  private writeSlot(address: number, bytes: number, value: bigint): void {
    for (let n = 0; n < bytes; n++) {
      this.view.setUint8(address + n, Number((value >> BigInt(8 * n)) & 0xffn));
    }
  }

  private state(address: number): bigint {
    return this.view.getBigUint64(address, true);
  }

  private setState(address: number, value: bigint): void {
    this.view.setBigUint64(address, BigInt.asUintN(64, value), true);
  }
}

const FIELDS = {
  immediate: Rec.IMMEDIATE,
  target: Rec.TARGET,
  addressMask: Rec.ADDRESS_MASK,
} as const;
