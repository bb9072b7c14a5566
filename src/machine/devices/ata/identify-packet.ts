import { SECTOR } from './disk';
import { putText } from './identify';

/** What a drive with packets says of itself (ATA/ATAPI-6 8.16, IDENTIFY PACKET DEVICE). @param serial 20 characters at most */
export function identifyPacket(serial: string): Uint8Array {
  const words = new Uint16Array(SECTOR / 2);
  words[0] = 0x85c0; // a CD-ROM drive; its discs can be taken out; packets of 12 bytes, taken within 50 µs
  putText(words, 10, 10, serial);
  putText(words, 23, 4, '1.0');
  putText(words, 27, 20, 'RINGSIDE CD-ROM');
  words[48] = 1; // 32-bit transfers
  words[49] = 0x0200; // LBA
  words[51] = 0x0200; // PIO mode 2
  words[53] = 2; // words 64 to 70 are valid
  words[64] = 1; // PIO mode 3
  words[67] = 0xb4; // nanoseconds in a cycle of PIO
  words[68] = 0xb4;
  words[71] = 30; // from the packet to the release of the bus, from SERVICE to BSY = 0
  words[72] = 30;
  words[80] = 0x7e; // ATA-1 to ATA-6
  words[82] = 0x0010; // the set of PACKET commands
  words[85] = 0x0010;
  words[93] = 0x6000; // how the hardware reset went: it is a drive that answers
  return new Uint8Array(words.buffer);
}
