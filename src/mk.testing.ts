import { writeFileSync, readFileSync } from 'node:fs';
import { isoImage } from './session/boot/iso.testing';
const [, , out, image, emulation, segment, load] = process.argv;
const boot = image && image !== '-' ? { image: new Uint8Array(readFileSync(image)), emulation: Number(emulation ?? 0), segment: Number(segment ?? 0), ...(load && { load: Number(load) }) } : undefined;
writeFileSync(out!, isoImage(boot, 400));
