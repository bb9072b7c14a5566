import assert from 'node:assert/strict';
import { Clock } from '../devices/clock';
import { Dispi, DispiEnable, LINEAR_FRAME_BUFFER } from '../devices/vga/vbe';
import { Vga } from '../devices/vga/vga';
import { CODE_PAGE_437 } from './code-page-437';
import { pixelsOf } from './pixels';
import { screenOf, type GraphicsScreen } from './screen';
import { textOf } from './text';
import type { TextScreen } from './text-screen';

/** Registers as a video BIOS sets them: sequencer, CRTC, graphics and attribute controller; miscellaneous output. */
interface Mode {
  readonly misc: number;
  readonly sequencer: string;
  readonly crtc: string;
  readonly graphics: string;
  readonly attribute: string;
}

const EGA = '00 01 02 03 04 05 14 07 38 39 3a 3b 3c 3d 3e 3f';
const MODES = {
  cga4: {
    misc: 0x63,
    sequencer: '03 09 03 00 02',
    crtc: '2d 27 28 90 2b 80 bf 1f 00 c1 00 00 00 00 00 00 9c 8e 8f 14 00 96 b9 a2 ff',
    graphics: '00 00 00 00 00 30 0f 00 ff',
    attribute: '00 3b 3d 3f 02 04 06 07 38 39 3a 3b 3c 3d 3e 3f 01 00 03 00 00',
  },
  cga6: {
    misc: 0x63,
    sequencer: '03 01 01 00 06',
    crtc: '5f 4f 50 82 54 80 bf 1f 00 c1 00 00 00 00 00 00 9c 8e 8f 28 00 96 b9 c2 ff',
    graphics: '00 00 00 00 00 00 0d 00 ff',
    attribute: '00 3f 3f 3f 3f 3f 3f 3f 3f 3f 3f 3f 3f 3f 3f 3f 01 00 01 00 00',
  },
  ega0d: {
    misc: 0x63,
    sequencer: '03 09 0f 00 06',
    crtc: '2d 27 28 90 2b 80 bf 1f 00 c0 00 00 00 00 00 00 9c 8e 8f 14 00 96 b9 e3 ff',
    graphics: '00 00 00 00 00 00 05 0f ff',
    attribute: `${EGA} 01 00 0f 00 00`,
  },
  vga12: {
    misc: 0xe3,
    sequencer: '03 01 0f 00 06',
    crtc: '5f 4f 50 82 54 80 0b 3e 00 40 00 00 00 00 00 00 ea 8c df 28 00 e7 04 e3 ff',
    graphics: '00 00 00 00 00 00 05 0f ff',
    attribute: `${EGA} 01 00 0f 00 00`,
  },
  vga13: {
    misc: 0x63,
    sequencer: '03 01 0f 00 0e',
    crtc: '5f 4f 50 82 54 80 bf 1f 00 41 00 00 00 00 00 00 9c 8e 8f 28 40 96 b9 a3 ff',
    graphics: '00 00 00 00 00 40 05 0f ff',
    attribute: '00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 41 00 0f 00 00',
  },
} satisfies Record<string, Mode>;

const bytes = (text: string) => text.split(' ').map((byte) => parseInt(byte, 16));

function setUp() {
  const ram = new Uint8Array(0xc0000);
  const vga = new Vga({
    clock: new Clock(),
    instructionsPerSecond: 100_000_000,
    memory: {
      read: (address, length) => ram.slice(address, address + length),
      write: (address, data) => {
        ram.set(data, address);
      },
    },
  });
  const out = (port: number, ...values: number[]) => {
    for (const value of values) vga.writePort(port, 1, value);
  };
  const indexed = (port: number, index: number, value: number) => {
    out(port, index);
    out(port + 1, value);
  };
  const crtc = (index: number, value: number) => {
    indexed(0x3d4, index, value);
  };
  const attribute = (index: number, value: number) => {
    vga.readPort(0x3da);
    out(0x3c0, index, value);
    out(0x3c0, 0x20);
  };
  const setMode = (mode: Mode) => {
    out(0x3c2, mode.misc);
    bytes(mode.sequencer).forEach((value, index) => {
      indexed(0x3c4, index, value);
    });
    crtc(0x11, 0);
    bytes(mode.crtc).forEach((value, index) => {
      crtc(index, value);
    });
    bytes(mode.graphics).forEach((value, index) => {
      indexed(0x3ce, index, value);
    });
    bytes(mode.attribute).forEach((value, index) => {
      attribute(index, value);
    });
  };
  const colour = (index: number, ...components: number[]) => {
    out(0x3c8, index);
    out(0x3c9, ...components);
  };
  const text = (): TextScreen => {
    const screen = screenOf(vga);
    assert.ok(screen.kind === 'text');
    return screen;
  };
  const picture = (): GraphicsScreen => {
    const screen = screenOf(vga);
    assert.ok(screen.kind === 'graphics');
    return screen;
  };
  const dispi = (index: number, value: number) => {
    vga.writePort(0x1ce, 2, index);
    vga.writePort(0x1cf, 2, value);
  };
  return { ram, vga, setMode, crtc, attribute, indexed, colour, text, picture, dispi };
}

/** A pixel as six hexadecimal digits. */
function pixel({ width, rgba }: Pick<GraphicsScreen, 'width' | 'rgba'>, x: number, y: number) {
  const at = (y * width + x) * 4;
  return [...rgba.subarray(at, at + 3)].map((v) => v.toString(16).padStart(2, '0')).join('');
}

describe('screen: text', () => {
  const write = (ram: Uint8Array, at: number, line: string, attribute = 7) => {
    [...line].forEach((character, n) => {
      const code = CODE_PAGE_437.indexOf(character as ' ', 1);
      ram.set([code, attribute], 0xb8000 + at + 2 * n);
    });
  };

  it('has the characters of code page 437', () => {
    assert.equal(CODE_PAGE_437.length, 256);
    assert.equal(CODE_PAGE_437[0x41], 'A');
    assert.equal(CODE_PAGE_437[0x7f], '⌂');
    assert.equal(CODE_PAGE_437[0xc4], '─');
    assert.equal(CODE_PAGE_437[0xfe], '■');
  });

  it('is what lies at b8000', () => {
    const { ram, vga, text } = setUp();
    write(ram, 0, 'Hello ─');
    write(ram, 24 * 160 + 158, 'Z');
    const screen = text();
    assert.deepEqual([screen.columns, screen.rows, screen.cells.length], [80, 25, 4000]);
    const lines = textOf(screenOf(vga));
    assert.equal(lines.length, 25);
    assert.equal(lines[0], 'Hello ─');
    assert.equal(lines[1], '');
    assert.equal(lines[24], ' '.repeat(79) + 'Z');
  });

  it('follows start address and cursor', () => {
    const { ram, crtc, text } = setUp();
    write(ram, 160, 'second line');
    crtc(0xd, 80);
    crtc(0xf, 80 + 85);
    const screen = text();
    assert.equal(textOf(screen)[0], 'second line');
    const { row, column, visible } = screen.cursor;
    assert.deepEqual([row, column, visible], [1, 5, true]);
    crtc(0xa, 0x2d);
    assert.equal(text().cursor.visible, false);
  });

  it('has 50 lines with characters of 8 rows, and 40 columns', () => {
    const { crtc, text } = setUp();
    crtc(9, 0x47);
    assert.equal(text().rows, 50);
    crtc(0x11, 0);
    crtc(1, 39);
    assert.equal(text().columns, 40);
  });

  it('is drawn by its font, nine dots wide', () => {
    const { ram, vga } = setUp();
    write(ram, 0, '█ A', 0x1e);
    const drawn = pixelsOf(screenOf(vga));
    assert.deepEqual([drawn.width, drawn.height], [720, 400]);
    assert.equal(pixel(drawn, 0, 0), 'ffff55');
    assert.equal(pixel(drawn, 8, 15), 'ffff55'); // The ninth dot of line graphics
    assert.equal(pixel(drawn, 9, 0), '0000aa');
    assert.equal(pixel(drawn, 18 + 3, 2), 'ffff55');
    assert.equal(pixel(drawn, 18 + 8, 8), '0000aa');
  });

  it('draws the cursor, and colours without blinking', () => {
    const { ram, vga, attribute } = setUp();
    write(ram, 160, '  ', 0xf0);
    write(ram, 0, ' ', 7);
    assert.equal(pixel(pixelsOf(screenOf(vga)), 0, 14), 'aaaaaa');
    assert.equal(pixel(pixelsOf(screenOf(vga)), 0, 16), 'aaaaaa');
    attribute(0x10, 4);
    assert.equal(pixel(pixelsOf(screenOf(vga)), 0, 16), 'ffffff');
  });

  it('is dark while the palette is not in use', () => {
    const { ram, vga } = setUp();
    write(ram, 0, '█', 0x0f);
    vga.readPort(0x3da);
    vga.writePort(0x3c0, 1, 0);
    assert.equal(pixel(pixelsOf(screenOf(vga)), 0, 0), '000000');
    assert.equal(textOf(screenOf(vga))[0], '█');
  });
});

describe('screen: graphics', () => {
  it('mode 4: four colours, even and odd lines apart', () => {
    const { ram, vga, setMode, picture } = setUp();
    setMode(MODES.cga4);
    assert.equal(vga.window.plain, true);
    ram[0xb8000] = 0b00011011;
    ram[0xb8001] = 0b11000000;
    ram[0xba000] = 0b01000000;
    ram[0xb8000 + 80] = 0b10000000;
    const screen = picture();
    assert.deepEqual([screen.width, screen.height], [320, 200]);
    const row = [0, 1, 2, 3, 4, 5].map((x) => pixel(screen, x, 0));
    assert.deepEqual(row, ['000000', '55ffff', 'ff55ff', 'ffffff', 'ffffff', '000000']);
    assert.equal(pixel(screen, 0, 1), '55ffff');
    assert.equal(pixel(screen, 0, 2), 'ff55ff');
    assert.equal(textOf(screen).length, 0);
  });

  it('mode 6: two colours', () => {
    const { ram, vga, setMode, picture } = setUp();
    setMode(MODES.cga6);
    assert.equal(vga.window.addressing, 'first-plane');
    ram[0xb8000] = 0x80;
    ram[0xba000 + 79] = 0x01;
    const screen = picture();
    assert.deepEqual([screen.width, screen.height], [640, 200]);
    assert.deepEqual(
      [0, 1].map((x) => pixel(screen, x, 0)),
      ['ffffff', '000000'],
    );
    assert.equal(pixel(screen, 639, 1), 'ffffff');
  });

  for (const [name, mode, width, height] of [
    ['mode d', MODES.ega0d, 320, 200],
    ['mode 12', MODES.vga12, 640, 480],
  ] as const) {
    it(`${name}: sixteen colours in planes`, () => {
      const { vga, setMode, picture, indexed, attribute } = setUp();
      setMode(mode);
      // Where the font was
      for (let n = 0; n < width; n++) vga.writeMemory(0xa0000 + n, 0);
      indexed(0x3c4, 2, 0b0110);
      vga.writeMemory(0xa0000, 0x80);
      indexed(0x3c4, 2, 0b1000);
      vga.writeMemory(0xa0000 + width / 8, 0x01);
      const screen = picture();
      assert.deepEqual([screen.width, screen.height], [width, height]);
      assert.equal(pixel(screen, 0, 0), 'aa5500');
      assert.equal(pixel(screen, 7, 1), '555555');
      attribute(0x13, 7);
      assert.equal(pixel(picture(), 0, 1), '555555');
    });
  }

  it('mode 13: 256 colours, byte by byte', () => {
    const { ram, vga, setMode, picture, colour } = setUp();
    setMode(MODES.vga13);
    assert.equal(vga.window.addressing, 'chain-4');
    colour(200, 63, 32, 0);
    ram[0xa0000 + 321] = 200;
    ram[0xa0000 + 63999] = 200;
    const screen = picture();
    assert.deepEqual([screen.width, screen.height], [320, 200]);
    assert.equal(pixel(screen, 1, 1), 'ff8200');
    assert.equal(pixel(screen, 319, 199), 'ff8200');
    assert.equal(pixel(screen, 0, 1), '000000');
  });

  it('mode X: 320 × 240 in four planes', () => {
    const { vga, setMode, picture, indexed, crtc, colour } = setUp();
    setMode(MODES.vga13);
    indexed(0x3c4, 4, 6);
    crtc(0x11, 0);
    for (const [index, value] of [
      [0x14, 0],
      [0x17, 0xe3],
      [0x06, 0x0d],
      [0x07, 0x3e],
      [0x12, 0xdf],
    ] as const) {
      crtc(index, value);
    }
    colour(9, 0, 0, 63);
    indexed(0x3c4, 2, 0b0100);
    vga.writeMemory(0xa0000 + 80 * 239, 9);
    const screen = picture();
    assert.deepEqual([screen.width, screen.height], [320, 240]);
    assert.equal(pixel(screen, 2, 239), '0000ff');
    assert.equal(pixel(screen, 3, 239), '000000');
  });

  it('the line compare divides the picture', () => {
    const { ram, setMode, picture, crtc, colour } = setUp();
    setMode(MODES.vga13);
    colour(1, 63, 63, 63);
    ram[0xa0000] = 1;
    crtc(0x0c, 0x20);
    crtc(0x18, 99);
    crtc(7, 0x0f);
    crtc(9, 0x01);
    const screen = picture();
    assert.equal(pixel(screen, 0, 0), '000000');
    assert.equal(pixel(screen, 0, 49), '000000');
    assert.equal(pixel(screen, 0, 50), 'ffffff');
  });

  it('VBE: 8, 15, 16, 24 and 32 bits', () => {
    for (const [bits, data, seen] of [
      [8, [5], 'ff0082'],
      [15, [0xff, 0x03], '00ffff'],
      [16, [0x00, 0xf8], 'ff0000'],
      [24, [1, 2, 3], '030201'],
      [32, [1, 2, 3, 0], '030201'],
    ] as const) {
      const { vga, picture, dispi, colour } = setUp();
      colour(5, 63, 0, 32);
      dispi(Dispi.X_RESOLUTION, 320);
      dispi(Dispi.Y_RESOLUTION, 240);
      dispi(Dispi.BITS_PER_PIXEL, bits);
      dispi(Dispi.ENABLE, DispiEnable.ENABLED | DispiEnable.LINEAR);
      data.forEach((byte, n) => {
        vga.writeMemory(LINEAR_FRAME_BUFFER + 320 * data.length + n, byte);
      });
      const screen = picture();
      assert.deepEqual([screen.width, screen.height], [320, 240]);
      assert.equal(pixel(screen, 0, 1), seen, String(bits));
    }
  });

  it('looking changes nothing', () => {
    const { ram, vga, setMode } = setUp();
    setMode(MODES.vga13);
    ram[0xa0005] = 7;
    const before = vga.save();
    pixelsOf(screenOf(vga));
    assert.deepEqual(vga.save(), before);
  });
});
