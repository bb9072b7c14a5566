import fc from 'fast-check';
import { bootImageFrom } from './boot';
import { Writer } from './bytes';
import { isoImage } from './iso.testing';
import { UnbootableImage } from './unbootable';

/** Images that nobody has linked: `FUZZ_IMAGES=10000` tries more, `FUZZ_SEED=n` the same again. */
const RUNS = Number(process.env['FUZZ_IMAGES'] ?? 400);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_127);

const word = fc.oneof(
  fc.constantFrom(0, 1, 2, 3, 0x40, 0x34, 0x1000, 0x10_0000, 0x7fff_ffff, 0xffff_ffff),
  fc.integer({ min: 0, max: 0xffff_ffff }),
);
const words = fc.array(word, { minLength: 20, maxLength: 300 });

/** The beginnings of the formats, with anything behind them. */
const HEADS: readonly (readonly number[])[] = [
  [0x464c_457f, 0x0001_0101, 0, 0, 0x0003_0002, 1], // ELF32
  [0x464c_457f, 0x0001_0102, 0, 0, 0x003e_0002, 1], // ELF64
  [0x1bad_b002, 0x1_0003, (-(0x1bad_b002 + 0x1_0003) >>> 0) as number],
  [0xe852_50d6, 0, 64, (-(0xe852_50d6 + 64) >>> 0) as number],
];
const headed = fc
  .tuple(fc.constantFrom(...HEADS), words)
  .map(([head, rest]) => new Writer().u32(...head, ...rest).bytes);
/** A bzImage: the setup header is everything. */
const linux = words.map((rest) => {
  const bytes = new Uint8Array(0x1000);
  const tail = new Writer().u32(...rest).bytes;
  bytes.set(tail.subarray(0, 0x500), 0x1f1);
  bytes.set([0x55, 0xaa], 0x1fe);
  bytes.set([0x48, 0x64, 0x72, 0x53], 0x202);
  return bytes;
});
/** A CD with a catalog of which some bytes are anything. */
const disc = fc
  .tuple(
    words,
    fc.nat(5),
    fc.dictionary(fc.nat(63).map(String), fc.nat(0xff), { maxKeys: 3 }),
    fc.nat(0x900),
  )
  .map(([code, emulation, damage, record]) => {
    const bytes = isoImage({ image: new Writer().u32(...code).bytes, emulation, damage });
    if (record < 0x47) bytes[17 * 2048 + record] = 0xa5;
    return bytes;
  });
const cut = fc.tuple(headed, fc.nat(100)).map(([bytes, n]) => bytes.subarray(0, bytes.length - n));

it(`an image of any kind boots or is refused with a reason (seed ${String(SEED)})`, function () {
  this.timeout(Math.max(60_000, RUNS * 200));
  const boots = fc.asyncProperty(
    fc.oneof(headed, linux, cut, disc),
    fc.nat(5000),
    async (bytes, size) => {
      const initrd = { name: 'module', bytes: new Uint8Array(size) };
      try {
        await bootImageFrom(bytes, { name: 'image', memory: 4 << 20, initrd, append: 'x' });
      } catch (error) {
        if (!(error instanceof UnbootableImage)) throw error;
      }
    },
  );
  return fc.assert(boots, { numRuns: RUNS, seed: SEED });
});
