import assert from 'node:assert/strict';
import { Clock } from '../clock';
import { PortBus } from '../port-bus';
import { HostBridge } from './host-bridge';
import { IdeFunction } from './ide';
import { pcFunctions, vgaFunction } from './pc-functions';
import { PowerManagement } from './power-management';
import { PciBus } from './pci-bus';

/** PCI configuration as a driver does it, through the ports of mechanism #1. */
class Computer {
  readonly bus = new PortBus();
  readonly pci: PciBus;
  resets = 0;
  shadowings = 0;

  constructor() {
    const bus = { read: (_: number, length: number) => new Uint8Array(length), write: () => 0 };
    const hostBridge = new HostBridge(() => void this.shadowings++);
    const ide = new IdeFunction({ bus, irqs: [() => 0, () => 0] });
    const power = new PowerManagement({
      clock: new Clock(),
      instructionsPerSecond: 1,
      sci: () => 0,
      onPowerOff: () => 0,
    });
    this.pci = new PciBus({
      functions: pcFunctions({ hostBridge, ide, power, vga: vgaFunction(() => 0) }),
      onReset: () => void this.resets++,
    });
    this.bus.attach(this.pci);
    this.bus.attachMovable(ide);
  }

  select(device: number, number: number, register: number, bus = 0): void {
    const place = (bus << 16) | (device << 11) | (number << 8) | (register & 0xfc);
    this.bus.write(0xcf8, 4, (0x8000_0000 | place) >>> 0);
  }

  read(device: number, number: number, register: number, width: 1 | 2 | 4 = 4): number {
    this.select(device, number, register);
    return this.bus.read(0xcfc + (register & 3), width);
  }

  write(device: number, number: number, register: number, width: 1 | 2 | 4, value: number): void {
    this.select(device, number, register);
    this.bus.write(0xcfc + (register & 3), width, value);
  }
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');

describe('PCI bus', () => {
  it('has a host bridge, an ISA bridge with IDE, and a VGA', () => {
    const computer = new Computer();
    const found: string[] = [];
    for (let device = 0; device < 32; device++) {
      for (let number = 0; number < 8; number++) {
        const id = computer.read(device, number, 0);
        if (id === 0xffff_ffff) continue;
        const kind = hex(computer.read(device, number, 8));
        found.push(`${String(device)}.${String(number)} ${hex(id)} ${kind}`);
      }
    }
    assert.deepEqual(found, [
      '0.0 12378086 06000002',
      '1.0 70008086 06010000',
      '1.1 70108086 01018000',
      '1.3 71138086 06800003',
      '2.0 11111234 03000002',
    ]);
    assert.equal(computer.read(1, 0, 0x0e, 1), 0x80); // several functions
    assert.equal(computer.read(0, 0, 0x0e, 1), 0);
  });

  it('has nobody on other buses, nor while the address is not enabled', () => {
    const computer = new Computer();
    computer.select(0, 0, 0, 1);
    assert.equal(computer.bus.read(0xcfc, 4), 0xffff_ffff);
    computer.bus.write(0xcf8, 4, 0);
    assert.equal(computer.bus.read(0xcfc, 4), 0xffff_ffff);
    computer.bus.write(0xcfc, 4, 0);
    assert.equal(computer.read(0, 0, 0), 0x1237_8086);
  });

  it('has an address of 32 bits that narrower accesses do not reach', () => {
    const { bus } = new Computer();
    bus.write(0xcf8, 4, 0xffff_ffff);
    assert.equal(bus.read(0xcf8, 4), 0x80ff_fffc);
    bus.write(0xcfb, 1, 1);
    bus.write(0xcf8, 2, 0);
    assert.equal(bus.read(0xcf8, 4), 0x80ff_fffc);
    assert.equal(bus.read(0xcf8, 1), 0xff);
  });

  it('reads and writes parts of registers, and only what can be written', () => {
    const computer = new Computer();
    assert.equal(computer.read(0, 0, 1, 1), 0x80);
    assert.equal(computer.read(0, 0, 2, 2), 0x1237);
    computer.write(0, 0, 0, 4, 0);
    assert.equal(computer.read(0, 0, 0), 0x1237_8086);
    computer.write(1, 1, 4, 2, 0xffff);
    assert.equal(computer.read(1, 1, 4), 0x0280_0507);
    computer.write(1, 1, 5, 1, 0);
    assert.equal(computer.read(1, 1, 4), 0x0280_0007);
    computer.write(1, 1, 0x42, 2, 0x8000);
    assert.equal(computer.read(1, 1, 0x40), 0x8000_0000);
    computer.write(1, 0, 0x61, 1, 0x7b);
    assert.equal(computer.read(1, 0, 0x60), 0x8080_0b80);
  });

  it('tells where the frame buffer lies and how long it is', () => {
    const computer = new Computer();
    assert.equal(computer.read(2, 0, 0x10), 0xe000_0008);
    computer.write(2, 0, 0x10, 4, 0xffff_ffff);
    assert.equal(computer.read(2, 0, 0x10), 0xff80_0008);
    computer.write(2, 0, 0x10, 4, 0xe000_0008);
    assert.equal(computer.read(2, 0, 0x10), 0xe000_0008);
    computer.write(2, 0, 0x10, 4, 0xd012_3456); // only to where a multiple of its size is
    assert.equal(computer.read(2, 0, 0x10), 0xd000_0008);
    for (const register of [0x14, 0x18, 0x1c, 0x20, 0x24, 0x30]) {
      computer.write(2, 0, register, 4, 0xffff_ffff);
      assert.equal(computer.read(2, 0, register), 0);
    }
  });

  it('has ports that software places, while the command register lets them answer', () => {
    const computer = new Computer();
    const answers = (port: number): boolean => computer.bus.deviceAt(port) !== undefined;
    computer.write(1, 1, 0x20, 4, 0xffff_ffff);
    assert.equal(computer.read(1, 1, 0x20), 0xffff_fff1);
    computer.write(1, 1, 0x20, 4, 0xc047);
    assert.equal(computer.read(1, 1, 0x20), 0xc041);
    assert.ok(!answers(0xc040));
    computer.write(1, 1, 4, 2, 1);
    assert.deepEqual([0xc03f, 0xc040, 0xc04f, 0xc050].map(answers), [false, true, true, false]);
    computer.bus.write(0xc04c, 4, 0x1234_5679);
    assert.equal(computer.bus.read(0xc04c, 4), 0x1234_5678);
    computer.write(1, 1, 0x20, 4, 0xd000);
    assert.equal(computer.bus.read(0xd00c, 4), 0x1234_5678);
    assert.ok(!answers(0xc040));
    computer.write(1, 1, 0x20, 4, 0x1f0); // a device that was there first goes on answering
    computer.bus.attach({
      name: 'other',
      ports: [{ first: 0x1f0, last: 0x1f0, widest: 1 }],
      readPort: () => 7,
      writePort: () => 0,
    });
    assert.equal(computer.bus.read(0x1f0, 1), 7);
  });

  it('has the reset control register among its ports', () => {
    const computer = new Computer();
    computer.select(1, 0, 0);
    computer.bus.write(0xcf9, 1, 2);
    assert.deepEqual([computer.bus.read(0xcf9, 1), computer.resets], [2, 0]);
    computer.bus.write(0xcf9, 1, 6);
    assert.equal(computer.resets, 1);
    assert.equal(computer.bus.read(0xcfc, 4), 0x7000_8086);
  });

  it('goes on after it was saved and restored, and forgets on reset', () => {
    const computer = new Computer();
    computer.write(2, 0, 0x3c, 1, 11);
    computer.write(2, 0, 0x10, 4, 0xffff_ffff);
    const other = new Computer();
    other.pci.restore(structuredClone(computer.pci.save()));
    assert.equal(other.bus.read(0xcfc, 4), 0xff80_0008);
    assert.equal(other.read(2, 0, 0x3c, 1), 11);
    other.pci.reset();
    assert.equal(other.read(2, 0, 0x3c, 1), 0);
    assert.equal(other.read(2, 0, 0x10), 0xe000_0008);
  });
});
