import { vectorSlot, x87Slot, Units } from '../../src/processor/state/layout';
import { PhysicalMemory } from '../../src/processor/physical-memory';
import { createProcessor } from '../../src/processor/create-processor';
import type { EngineKind } from '../../src/processor/execution/engine';
import type { Processor } from '../../src/processor/processor';
import type { Outcome } from './outcome';
import { DATA_ADDRESS, Image, IMAGE_SIZE, MEMORY_SIZE, type UserState } from './states';

/** Our processor, executing one instruction at a time in 64-bit mode, ring 3. */

const CODE = 0x4000n;
const FRAME = 0x20000;
const DATA = FRAME + Number(DATA_ADDRESS & 0xffffn);
/** What an instruction may reach around the memory. */
const AROUND = 256;

const bus = {
  readPort: () => 0,
  writePort: () => undefined,
  interruptRequested: () => false,
  acknowledgeInterrupt: () => 0,
};

export class SimulatedProcessor {
  private readonly cpu: Processor;

  constructor(engine: EngineKind = 'interpreter') {
    this.cpu = createProcessor(new PhysicalMemory(0x200000), bus, engine);
    this.prepare();
  }

  /** Pages at the addresses of the recorder's, all units available, and no IDT. */
  private prepare(): void {
    const { physical, state } = this.cpu;
    const entry = (at: number, value: number): void => {
      physical.write64(at, BigInt(value));
    };
    entry(0x1000, 0x2007);
    entry(0x2000, 0x3007);
    entry(0x3000, 0x87); // the first 2 MBytes
    entry(0x3000 + 8 * 256, 0x5007); // 0x20000000
    for (let page = 0; page < 16; page++) entry(0x5000 + 8 * page, (FRAME + page * 4096) | 7);
    state.cr3 = 0x1000n;
    state.cr4 = 0x40620n;
    state.efer = 0xd01n;
    state.cr0 = 0x80000033n;
    state.idtr = { base: 0n, limit: 0 };
    for (let index = 0; index < 6; index++) {
      const accessRights = index === 1 ? 0xa0fb : 0xc0f3;
      state.setSegment(index, { selector: 0x2b, base: 0n, limit: 0xffffffff, accessRights });
    }
    this.cpu.updateDerivedState();
  }

  load(code: Uint8Array): void {
    this.cpu.physical.writeBytes(Number(CODE), code);
  }

  execute(input: UserState): Outcome {
    const { physical, state } = this.cpu;
    physical.writeBytes(DATA - AROUND, new Uint8Array(MEMORY_SIZE + 2 * AROUND));
    physical.writeBytes(DATA, input.memory);
    state.gprs.set(input.registers);
    state.rflags = input.flags;
    state.rip = CODE;
    this.loadUnits(input.image);
    state.activity = 'active';
    const stop = this.cpu.run(1);
    if (stop.kind === 'triple-fault') {
      const vector = stop.chain[0]?.vector;
      return this.outcome(
        vector === 0 || vector === 16 || vector === 19
          ? 'divide'
          : vector === 6
            ? 'undefined'
            : 'protection',
      );
    }
    if (stop.kind !== 'budget') throw new Error(`stopped by ${stop.kind}`);
    return this.outcome('done');
  }

  private outcome(end: Outcome['end']): Outcome {
    const { state, physical } = this.cpu;
    return {
      end,
      registers: state.gprs.slice(),
      flags: state.rflags,
      memory: physical.readBytes(DATA, MEMORY_SIZE),
      image: this.saveUnits(),
    };
  }

  private loadUnits(image: Uint8Array): void {
    const { state } = this.cpu;
    const view = new DataView(image.buffer, image.byteOffset, IMAGE_SIZE);
    const status = view.getUint16(Image.FSW, true);
    state.setSlot(Units.X87_CONTROL, BigInt(view.getUint16(Image.FCW, true)));
    state.setSlot(Units.X87_STATUS, BigInt(status));
    state.setSlot(Units.X87_TAGS, BigInt(view.getUint8(Image.FTW)));
    state.setSlot(Units.MXCSR, BigInt(view.getUint32(Image.MXCSR, true)));
    state.setSlot(Units.XCR0, 7n);
    for (let n = 0; n < 8; n++) {
      const slot = x87Slot((n + (status >> 11)) & 7);
      state.setSlot(slot, view.getBigUint64(Image.ST + 16 * n, true));
      state.setSlot(slot + 8, BigInt(view.getUint16(Image.ST + 16 * n + 8, true)));
    }
    for (let n = 0; n < 16; n++) {
      const at = vectorSlot(n) - Units.VECTOR;
      state.units.set(image.subarray(Image.XMM + 16 * n, Image.XMM + 16 * n + 16), at);
      state.units.set(
        image.subarray(Image.YMM_HIGH + 16 * n, Image.YMM_HIGH + 16 * n + 16),
        at + 16,
      );
    }
    this.cpu.updateDerivedState();
  }

  private saveUnits(): Uint8Array {
    const { state } = this.cpu;
    const image = new Uint8Array(IMAGE_SIZE);
    const view = new DataView(image.buffer);
    const status = Number(state.slot(Units.X87_STATUS));
    view.setUint16(Image.FCW, Number(state.slot(Units.X87_CONTROL)), true);
    view.setUint16(Image.FSW, status, true);
    view.setUint8(Image.FTW, Number(state.slot(Units.X87_TAGS)));
    view.setUint32(Image.MXCSR, Number(state.slot(Units.MXCSR)), true);
    for (let n = 0; n < 8; n++) {
      const slot = x87Slot((n + (status >> 11)) & 7);
      view.setBigUint64(Image.ST + 16 * n, state.slot(slot), true);
      view.setUint16(Image.ST + 16 * n + 8, Number(state.slot(slot + 8)), true);
    }
    for (let n = 0; n < 16; n++) {
      const at = vectorSlot(n) - Units.VECTOR;
      image.set(state.units.subarray(at, at + 16), Image.XMM + 16 * n);
      image.set(state.units.subarray(at + 16, at + 32), Image.YMM_HIGH + 16 * n);
    }
    return image;
  }
}
