import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HPET, IO_APIC, LOCAL_APIC } from '../isa/physical-addresses';
import { DeviceFinder, VIDEO_FIRST, VIDEO_LAST } from './device-map';
import { busMaster } from './devices/bus-master';
import { Clock } from './devices/clock';
import type { PortWidth } from './devices/device';
import { LINEAR_FRAME_BUFFER, VBE_MEMORY } from './devices/vga/vbe';
import { Platform } from './platform';
import { pixelsOf } from './screen/pixels';
import { screenOf } from './screen/screen';

/** Programs that write anything anywhere: `FUZZ_DEVICES=100000` does more, `FUZZ_SEED=n` the same again. */
const RUNS = Number(process.env['FUZZ_DEVICES'] ?? 300);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_127);
/** The longest rest between two accesses, in units of the machine's time. */
const REST = 3_000_000;

function platform(): { clock: Clock; devices: Platform } {
  const clock = new Clock();
  const ram = new Uint8Array(0x20000);
  const bus = busMaster(() => ({
    read: (_address, length) => new Uint8Array(length),
    write: () => undefined,
  }));
  const processor = {
    ...{ taskPriority: 0, apicEnabled: true, x2apic: false, timeStampOffset: 0n },
    apicPage: LOCAL_APIC,
  };
  const devices = new Platform(
    clock,
    {},
    {
      ram: {
        read: (address, length) => ram.slice(address - VIDEO_FIRST, address - VIDEO_FIRST + length),
        write: (address, bytes) => {
          ram.set(bytes, address - VIDEO_FIRST);
        },
      },
      bus,
      processors: [processor],
      memoryEnd: 64 << 20,
    },
    {
      memory: 64 << 20,
      disks: [new Uint8Array(70_000)],
      floppies: [new Uint8Array(70_000)],
      cdrom: new Uint8Array(70_000),
    },
  );
  return { clock, devices };
}

const claimed = (): number[] => {
  const { devices } = platform();
  return Array.from({ length: 0x10000 }, (_, port) => port).filter((port) =>
    devices.ports.deviceAt(port),
  );
};

const width = fc.constantFrom<PortWidth>(1, 2, 4);
const value = fc.oneof(fc.nat(0xff), fc.nat(0xffff), fc.integer({ min: 0, max: 0xffffffff }));
const access = fc.oneof(
  fc.record({
    at: fc.constant('port' as const),
    port: fc.constantFrom(...claimed()),
    write: fc.boolean(),
    width,
    value,
  }),
  fc.record({
    at: fc.constant('memory' as const),
    address: fc.oneof(
      fc.integer({ min: VIDEO_FIRST, max: VIDEO_LAST }),
      fc.integer({ min: LINEAR_FRAME_BUFFER, max: LINEAR_FRAME_BUFFER + VBE_MEMORY - 9 }),
      fc.integer({ min: 0, max: 0xff8 }).map((offset) => LOCAL_APIC + offset),
      fc.integer({ min: 0, max: 0xff8 }).map((offset) => IO_APIC + offset),
      fc.integer({ min: 0, max: 0x50 }).map((word) => HPET + 4 * word),
      fc.integer({ min: 0, max: 0xff8 }).map((offset) => HPET + offset),
    ),
    write: fc.boolean(),
    width: fc.constantFrom(1, 2, 4, 8),
    value,
  }),
  fc.record({ at: fc.constant('time' as const), rest: fc.nat(REST) }),
  fc.record({ at: fc.constant('keys' as const), bytes: fc.array(fc.nat(0xff), { maxLength: 4 }) }),
  fc.record({
    at: fc.constant('mouse' as const),
    movement: fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.nat(0xff)),
  }),
  fc.record({ at: fc.constant('interrupt' as const) }),
);

it(`devices take any access at any time (seed ${String(SEED)})`, function () {
  this.timeout(Math.max(60_000, RUNS * 200));
  fc.assert(
    fc.property(fc.array(access, { minLength: 20, maxLength: 200 }), (accesses) => {
      const { clock, devices } = platform();
      for (const one of accesses) {
        switch (one.at) {
          case 'port': {
            if (one.write) devices.ports.write(one.port, one.width, one.value);
            const read = devices.ports.read(one.port, one.width);
            assert.ok(Number.isInteger(read) && read >= 0 && read < 2 ** (8 * one.width));
            break;
          }
          case 'memory': {
            const region = new DeviceFinder(devices).at(one.address);
            if (one.write) region?.write(one.address, one.width, BigInt(one.value));
            const read = region?.read?.(one.address, one.width) ?? 0n;
            assert.ok(read >= 0n && read < 1n << BigInt(8 * one.width));
            break;
          }
          case 'time':
            clock.advanceTo(clock.now + one.rest);
            break;
          case 'keys':
            devices.keyboard.press(one.bytes);
            break;
          case 'mouse':
            devices.mouse.move(...one.movement);
            break;
          case 'interrupt':
            if (devices.interruptRequested) assert.ok(devices.acknowledgeInterrupt() < 256);
        }
      }
      const picture = pixelsOf(screenOf(devices.vga));
      assert.equal(picture.rgba.length, picture.width * picture.height * 4);
      const saved = structuredClone(devices.save());
      const other = platform();
      other.devices.restore(saved);
      assert.deepEqual(other.devices.save(), saved);
    }),
    { numRuns: RUNS, seed: SEED },
  );
});
