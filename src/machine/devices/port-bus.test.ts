import assert from 'node:assert/strict';
import { ports, type PortDevice, type PortRange } from './device';
import { DebugConsole } from './debug-console';
import { ExitDevice } from './exit-device';
import { PortBus } from './port-bus';
import { SystemControl } from './system-control';

function recorder(range: PortRange): PortDevice & { log: string[] } {
  const log: string[] = [];
  return {
    name: `recorder ${range.first}`,
    ports: [range],
    log,
    readPort: (port, width) => {
      log.push(`r${width} ${port.toString(16)}`);
      return 0x40 + (port & 0xf);
    },
    writePort: (port, width, value) => {
      log.push(`w${width} ${port.toString(16)} ${value.toString(16)}`);
    },
  };
}

describe('port bus', () => {
  it('splits wide accesses for byte devices', () => {
    const bus = new PortBus();
    const device = recorder(ports(0x10, 0x13));
    bus.attach(device);
    assert.equal(bus.read(0x10, 4), 0x43424140);
    bus.write(0x12, 2, 0xabcd);
    assert.deepEqual(device.log, ['r1 10', 'r1 11', 'r1 12', 'r1 13', 'w1 12 cd', 'w1 13 ab']);
  });

  it('hands on what a device takes in one piece', () => {
    const bus = new PortBus();
    const device = recorder(ports(0x10, 0x13, 4));
    bus.attach(device);
    bus.write(0x10, 4, 0xdeadbeef);
    bus.write(0x12, 4, 0x11223344); // reaches beyond the device
    assert.deepEqual(device.log, ['w4 10 deadbeef', 'w1 12 44', 'w1 13 33']);
  });

  it('reads all ones where nobody is, and counts', () => {
    const bus = new PortBus();
    assert.equal(bus.read(0x300, 1), 0xff);
    assert.equal(bus.read(0x300, 2), 0xffff);
    assert.equal(bus.read(0x300, 4), 0xffffffff);
    bus.write(0x300, 1, 7);
    bus.write(0x300, 2, 0x12345);
    assert.deepEqual(bus.unclaimed.get(0x300), { reads: 3, writes: 2, last: 0x2345 });
    const other = new PortBus();
    other.restore(bus.save());
    assert.deepEqual(other.unclaimed.get(0x300), { reads: 3, writes: 2, last: 0x2345 });
  });

  it('fills the gaps of a half-claimed wide access with ones', () => {
    const bus = new PortBus();
    bus.attach(recorder(ports(0x11)));
    assert.equal(bus.read(0x10, 2), 0x41ff);
  });

  it('refuses two devices at one port', () => {
    const bus = new PortBus();
    bus.attach(recorder(ports(0x10, 0x1f)));
    assert.throws(() => {
      bus.attach(recorder(ports(0x1f)));
    }, /0x1f/);
  });
});

describe('exit device and debug console', () => {
  it('report what is written', () => {
    const bus = new PortBus();
    const seen: number[] = [];
    bus.attach(new ExitDevice({ onExit: (value) => seen.push(value) }));
    bus.attach(new DebugConsole({ onByte: (byte) => seen.push(byte) }));
    bus.write(0xf4, 1, 3);
    bus.write(0xf4, 4, 0x12345678);
    bus.write(0xe9, 1, 0x41);
    assert.deepEqual(seen, [3, 0x12345678, 0x41]);
    assert.equal(bus.read(0xe9, 1), 0xe9);
  });
});

describe('system control', () => {
  const events: string[] = [];
  const bus = new PortBus();
  const control = new SystemControl({
    onA20: (on) => events.push(`a20 ${String(on)}`),
    onReset: () => events.push('reset'),
  });
  bus.attach(control);
  beforeEach(() => {
    events.length = 0;
    control.reset();
  });

  it('drives A20 and resets at port 0x92', () => {
    assert.equal(bus.read(0x92, 1), 2);
    bus.write(0x92, 1, 0);
    bus.write(0x92, 1, 2);
    bus.write(0x92, 1, 3);
    assert.deepEqual(events, ['a20 false', 'a20 true', 'a20 true', 'reset']);
  });

  it('keeps its register in a snapshot', () => {
    bus.write(0x92, 1, 0);
    const other = new SystemControl();
    other.restore(control.save());
    assert.equal(other.readPort(), 0);
  });
});
