import assert from 'node:assert/strict';
import { Clock } from '../clock';
import { Dispi, DispiEnable, LINEAR_FRAME_BUFFER } from './vbe';
import { Vga } from './vga';

const SECOND = 100_000_000;

function setUp() {
  const clock = new Clock();
  const ram = new Uint8Array(0xc0000);
  const changes: string[] = [];
  const vga = new Vga({
    clock,
    instructionsPerSecond: SECOND,
    onWindowChange: () => changes.push(`${vga.window.first.toString(16)} ${vga.window.addressing}`),
    memory: {
      read: (address, length) => ram.slice(address, address + length),
      write: (address, bytes) => {
        ram.set(bytes, address);
      },
    },
  });
  const out = (port: number, ...values: number[]) => {
    for (const value of values) vga.writePort(port, 1, value);
  };
  const into = (port: number) => vga.readPort(port);
  const sequencer = (index: number, value: number) => {
    out(0x3c4, index);
    out(0x3c5, value);
  };
  const graphics = (index: number, value: number) => {
    out(0x3ce, index);
    out(0x3cf, value);
  };
  const dispi = (index: number, value: number) => {
    vga.writePort(0x1ce, 2, index);
    vga.writePort(0x1cf, 2, value);
  };
  /** Planes one by one at 0xa0000, as modes with 16 colours have them. */
  const planar = () => {
    sequencer(2, 15);
    sequencer(4, 6);
    graphics(5, 0);
    graphics(6, 5);
  };
  const planesAt = (offset: number) => vga.memory.planes.map((plane) => plane[offset]);
  const io = { out, into, sequencer, graphics, dispi };
  return { clock, ram, vga, changes, planar, planesAt, ...io };
}

describe('VGA: ports', () => {
  it('takes index and value of the attribute controller in turn', () => {
    const { into, out } = setUp();
    into(0x3da);
    out(0x3c0, 0x11, 5);
    out(0x3c0, 0x11); // The index again
    assert.equal(into(0x3c1), 5);
    into(0x3da);
    out(0x3c0, 0x32); // Not taken as a value
    assert.equal(into(0x3c0), 0x32);
    assert.equal(into(0x3c1), 0x0f);
  });

  it('counts through the components of the colours', () => {
    const { into, out } = setUp();
    out(0x3c8, 7);
    out(0x3c9, 1, 2, 0xff, 4, 5, 6);
    assert.equal(into(0x3c8), 9);
    assert.equal(into(0x3c7), 0);
    out(0x3c7, 7);
    assert.equal(into(0x3c7), 3);
    const read = Array.from({ length: 6 }, () => into(0x3c9));
    assert.deepEqual(read, [1, 2, 0x3f, 4, 5, 6]);
  });

  it('has the CRTC at 3d4 or at 3b4', () => {
    const { into, out } = setUp();
    out(0x3d4, 0xe);
    out(0x3d5, 0x12);
    assert.equal(into(0x3b5), 0xff);
    out(0x3c2, 0x66);
    assert.equal(into(0x3cc), 0x66);
    assert.equal(into(0x3d5), 0xff);
    assert.equal(into(0x3b5), 0x12);
    assert.notEqual(into(0x3ba), 0xff);
    assert.equal(into(0x3da), 0xff);
  });

  it('protects the timing of the CRTC, but for the line compare', () => {
    const { into, out } = setUp();
    const crtc = (index: number, value: number) => {
      out(0x3d4, index);
      out(0x3d5, value);
      return into(0x3d5);
    };
    assert.equal(crtc(0, 0x12), 0x5f);
    assert.equal(crtc(7, 0), 0x0f);
    assert.equal(crtc(9, 0x40), 0x40);
    assert.equal(crtc(0x11, 0x0e), 0x0e);
    assert.equal(crtc(0, 0x12), 0x12);
  });

  it('shows vertical retrace 70 times a second', () => {
    const { clock, into } = setUp();
    let before = false;
    let retraces = 0;
    let blanks = 0;
    for (let n = 0; n < 20000; n++) {
      clock.advanceTo((n * SECOND) / 20000);
      const status = into(0x3da);
      const retrace = (status & 8) !== 0;
      if (retrace && !before) retraces++;
      if (retrace) assert.equal(status & 1, 1);
      blanks += status & 1;
      before = retrace;
    }
    assert.equal(retraces, 70);
    assert.ok(blanks > 4000 && blanks < 9000, String(blanks));
  });
});

describe('VGA: memory', () => {
  it('text is plain RAM at b8000', () => {
    const { vga, ram, planesAt } = setUp();
    const { first, last, plain } = vga.window;
    assert.deepEqual([first, last, plain], [0xb8000, 0xbffff, true]);
    ram.set([0x41, 0x07, 0x42, 0x1e], 0xb8000);
    assert.deepEqual(planesAt(0), [0x41, 0x07, 0, 0]);
    assert.deepEqual(planesAt(2), [0x42, 0x1e, 0, 0]);
    assert.equal(vga.peekMemory(0xb8003), 0x1e);
    assert.equal(vga.peekMemory(0xa0000), 0xff);
  });

  it('text stays while a font is loaded', () => {
    const { vga, ram, changes, sequencer, graphics, planesAt } = setUp();
    ram.set([0x41, 0x07, 0x42, 0x1e], 0xb8000);
    sequencer(2, 4);
    sequencer(4, 6);
    graphics(4, 2);
    graphics(5, 0);
    graphics(6, 4);
    assert.equal(vga.window.plain, false);
    vga.writeMemory(0xa0000 + 0x41 * 32, 0x18);
    assert.equal(vga.readMemory(0xa0000 + 0x41 * 32), 0x18);
    ram.fill(0xee, 0xb8000);
    sequencer(2, 3);
    sequencer(4, 2);
    graphics(4, 0);
    graphics(5, 0x10);
    graphics(6, 0xe);
    assert.equal(vga.window.plain, true);
    assert.deepEqual([...ram.subarray(0xb8000, 0xb8004)], [0x41, 0x07, 0x42, 0x1e]);
    assert.equal(planesAt(0x41 * 32)[2], 0x18);
    assert.deepEqual(changes, ['b8000 logic', 'a0000 logic', 'b8000 odd-even']);
  });

  it('256 colours are plain RAM at a0000, and unchained the same bytes lie in the planes', () => {
    const { vga, ram, changes, sequencer, graphics, planesAt } = setUp();
    sequencer(2, 15);
    sequencer(4, 0xe);
    graphics(5, 0x40);
    graphics(6, 5);
    assert.deepEqual(vga.window, {
      first: 0xa0000,
      last: 0xaffff,
      plain: true,
      addressing: 'chain-4',
    });
    ram.set([1, 2, 3, 4, 5], 0xa0000);
    sequencer(4, 6);
    assert.equal(vga.window.plain, false);
    assert.deepEqual(planesAt(0), [1, 2, 3, 4]);
    assert.equal(planesAt(4)[0], 5);
    graphics(4, 2);
    assert.equal(vga.readMemory(0xa0000), 3);
    vga.writeMemory(0xa0000, 9);
    graphics(4, 0);
    sequencer(4, 0xe);
    assert.deepEqual([...ram.subarray(0xa0000, 0xa0005)], [9, 9, 9, 9, 5]);
    assert.equal(changes.at(-1), 'a0000 chain-4');
  });

  it('two colours as on a CGA are plain RAM at b8000', () => {
    const { vga, ram, sequencer, graphics, planesAt } = setUp();
    sequencer(2, 1);
    sequencer(4, 6);
    graphics(5, 0);
    graphics(6, 0xd);
    assert.equal(vga.window.addressing, 'first-plane');
    ram[0xb8001] = 0xaa;
    assert.deepEqual(planesAt(1), [0xaa, 0, 0, 0]);
  });

  it('write mode 0: rotation, function, set/reset and bit mask', () => {
    const { vga, planar, planesAt, graphics, sequencer } = setUp();
    planar();
    vga.writeMemory(0xa0000, 0x81);
    assert.deepEqual(planesAt(0), [0x81, 0x81, 0x81, 0x81]);
    graphics(3, 1); // Rotate
    sequencer(2, 0b0011);
    vga.writeMemory(0xa0000, 0x81);
    assert.deepEqual(planesAt(0), [0xc0, 0xc0, 0x81, 0x81]);
    graphics(3, 0x18); // XOR with the latches
    assert.equal(vga.readMemory(0xa0000), 0xc0);
    vga.writeMemory(0xa0000, 0xff);
    assert.deepEqual(planesAt(0), [0x3f, 0x3f, 0x81, 0x81]);
    graphics(3, 0);
    sequencer(2, 15);
    graphics(0, 0b0101);
    graphics(1, 0b1111);
    graphics(8, 0x0f);
    vga.readMemory(0xa0000);
    vga.writeMemory(0xa0000, 0);
    assert.deepEqual(planesAt(0), [0x3f, 0x30, 0x8f, 0x80]);
  });

  it('write mode 1 copies the latches', () => {
    const { vga, planar, planesAt, graphics } = setUp();
    planar();
    graphics(1, 15);
    graphics(0, 0b1001);
    vga.writeMemory(0xa0010, 0);
    graphics(5, 1);
    vga.readMemory(0xa0010);
    vga.writeMemory(0xa0020, 0x55);
    assert.deepEqual(planesAt(0x20), [0xff, 0, 0, 0xff]);
  });

  it('write mode 2 writes a colour, write mode 3 by the mask that the processor gives', () => {
    const { vga, planar, planesAt, graphics } = setUp();
    planar();
    graphics(5, 2);
    graphics(8, 0xf0);
    vga.writeMemory(0xa0000, 0b0110);
    assert.deepEqual(planesAt(0), [0, 0xf0, 0xf0, 0]);
    graphics(5, 3);
    graphics(8, 0xff);
    graphics(0, 0b1000);
    vga.readMemory(0xa0000);
    vga.writeMemory(0xa0000, 0x18);
    assert.deepEqual(planesAt(0), [0, 0xe0, 0xe0, 0x18]);
  });

  it('read mode 1 compares colours', () => {
    const { vga, planar, graphics } = setUp();
    planar();
    graphics(5, 2);
    graphics(8, 0x3c);
    vga.writeMemory(0xa0000, 0b0110);
    graphics(5, 8);
    graphics(2, 0b0110);
    graphics(7, 0b1111);
    assert.equal(vga.readMemory(0xa0000), 0x3c);
    graphics(7, 0b1001);
    assert.equal(vga.readMemory(0xa0000), 0xff);
    graphics(2, 0b0111);
    assert.equal(vga.readMemory(0xa0000), 0);
  });

  it('looking leaves the latches', () => {
    const { vga, planar, planesAt, graphics } = setUp();
    planar();
    vga.writeMemory(0xa0001, 0xff);
    vga.readMemory(0xa0000);
    const before = vga.save();
    assert.equal(vga.peekMemory(0xa0001), 0xff);
    assert.deepEqual(vga.save(), before);
    graphics(5, 1);
    vga.writeMemory(0xa0001, 0);
    assert.deepEqual(planesAt(1), [0, 0, 0, 0]);
  });

  it('odd and even addresses with logic, and 128 KBytes in two planes', () => {
    const { vga, graphics, planesAt } = setUp();
    graphics(6, 2);
    graphics(8, 0x0f);
    assert.deepEqual(vga.window, {
      first: 0xa0000,
      last: 0xbffff,
      plain: false,
      addressing: 'logic',
    });
    vga.writeMemory(0xa0002, 0xff);
    vga.writeMemory(0xb0003, 0xff);
    assert.deepEqual(planesAt(2), [0x0f, 0, 0, 0]);
    assert.deepEqual(planesAt(3), [0, 0x0f, 0, 0]);
    assert.equal(vga.readMemory(0xb0003), 0x0f);
    assert.equal(vga.readMemory(0xb0002), 0);
  });

  it('does not answer while its RAM is off', () => {
    const { vga, ram, out } = setUp();
    ram[0xb8000] = 0x41;
    out(0x3c2, 0x65);
    vga.writeMemory(0xb8000, 1);
    assert.equal(vga.readMemory(0xb8000), 0xff);
    ram[0xb8000] = 0;
    out(0x3c2, 0x67);
    assert.equal(ram[0xb8000], 0x41);
  });
});

describe('VGA: VBE', () => {
  it('tells its version, memory and greatest values', () => {
    const { vga, dispi } = setUp();
    const read = (index: number) => {
      vga.writePort(0x1ce, 2, index);
      return vga.readPort(0x1d0, 2);
    };
    assert.equal(read(Dispi.ID), 0xb0c5);
    assert.equal(read(Dispi.MEMORY_64K), 128);
    dispi(Dispi.ENABLE, DispiEnable.CAPABILITIES);
    assert.deepEqual([1, 2, 3].map(read), [2560, 1600, 32]);
    dispi(Dispi.ENABLE, 0);
    assert.deepEqual([1, 2, 3].map(read), [640, 480, 8]);
  });

  it('has one memory by banks and by address', () => {
    const { vga, dispi } = setUp();
    dispi(Dispi.X_RESOLUTION, 800);
    dispi(Dispi.Y_RESOLUTION, 600);
    dispi(Dispi.BITS_PER_PIXEL, 32);
    dispi(Dispi.ENABLE, DispiEnable.ENABLED | DispiEnable.LINEAR);
    assert.deepEqual(vga.window, {
      first: 0xa0000,
      last: 0xaffff,
      plain: false,
      addressing: 'bank',
    });
    dispi(Dispi.BANK, 3);
    vga.writeMemory(0xa0010, 0x77);
    assert.equal(vga.readMemory(LINEAR_FRAME_BUFFER + 0x30010), 0x77);
    vga.writeMemory(LINEAR_FRAME_BUFFER + 0x30011, 0x78);
    assert.equal(vga.peekMemory(0xa0011), 0x78);
    dispi(Dispi.VIRTUAL_WIDTH, 1024);
    dispi(Dispi.Y_OFFSET, 10);
    dispi(Dispi.X_OFFSET, 4);
    const mode = { width: 800, height: 600, bitsPerPixel: 32, start: 40976, pitch: 4096 };
    assert.deepEqual(vga.vbe.mode, mode);
    dispi(Dispi.Y_OFFSET, 5000);
    assert.deepEqual(vga.vbe.mode, mode);
  });

  it('refuses a mode that does not fit into its memory', () => {
    const { vga, dispi } = setUp();
    dispi(Dispi.X_RESOLUTION, 2560);
    dispi(Dispi.Y_RESOLUTION, 1600);
    dispi(Dispi.BITS_PER_PIXEL, 32);
    dispi(Dispi.ENABLE, 1);
    assert.equal(vga.vbe.enabled, false);
    assert.equal(vga.window.first, 0xb8000);
  });

  it('keeps video memory when asked', () => {
    const { ram, dispi } = setUp();
    ram[0xb8000] = 0x41;
    dispi(Dispi.ENABLE, 0x81);
    ram[0xb8000] = 0;
    dispi(Dispi.ENABLE, 0);
    assert.equal(ram[0xb8000], 0x41);
    dispi(Dispi.ENABLE, 1);
    dispi(Dispi.ENABLE, 0);
    assert.equal(ram[0xb8000], 0);
  });
});

describe('VGA: state', () => {
  it('is saved and restored, the bytes in RAM with it', () => {
    const one = setUp();
    one.planar();
    one.vga.writeMemory(0xa1234, 0x5a);
    one.vga.readMemory(0xa1234);
    one.out(0x3c8, 3);
    one.out(0x3c9, 7);
    one.dispi(Dispi.ENABLE, 0xc1);
    one.vga.writeMemory(LINEAR_FRAME_BUFFER + 0x700000, 1);
    const saved = one.vga.save();
    const other = setUp();
    other.vga.restore(saved);
    assert.deepEqual(other.vga.save(), saved);
    assert.deepEqual(other.vga.window, one.vga.window);
    assert.equal(other.vga.readMemory(LINEAR_FRAME_BUFFER + 0x700000), 1);
    other.dispi(Dispi.ENABLE, 0x80);
    assert.equal(other.vga.readMemory(0xa1234), 0x5a);
  });

  it('does not depend on whether anybody looked', () => {
    const { vga, ram } = setUp();
    ram[0xb8000] = 1;
    assert.equal(vga.memory.planes[0][0], 1);
    ram[0xb8000] = 2;
    const saved = vga.save();
    const fresh = setUp();
    fresh.ram[0xb8000] = 2;
    assert.deepEqual(saved, fresh.vga.save());
  });

  it('starts anew by a reset', () => {
    const { vga, planar } = setUp();
    planar();
    vga.reset();
    assert.equal(vga.window.plain, true);
    assert.deepEqual(vga.registers, setUp().vga.registers);
  });
});
