import assert from 'node:assert/strict';
import { MemoryRegions, readOnly } from './memory-region';

describe('regions of memory', () => {
  const ram = readOnly(0x4000, 0x3000);
  const apic = { ...readOnly(0x5000, 0x1000), ofProcessor: true };

  it('the processor finds its own before what lies on the bus; devices find that', () => {
    for (const order of [
      [ram, apic],
      [apic, ram],
    ]) {
      const regions = new MemoryRegions();
      for (const region of order) regions.add(region);
      assert.deepEqual(
        [0x4fff, 0x5000, 0x5fff, 0x6000, 0x7000].map((at) => regions.at(at)),
        [ram, apic, apic, ram, undefined],
      );
      assert.equal(regions.onBus(0x5000), ram);
    }
  });

  it('what was covered is there again', () => {
    const regions = new MemoryRegions();
    for (const region of [apic, ram]) regions.add(region);
    regions.remove(apic);
    assert.equal(regions.at(0x5000), ram);
    regions.remove(ram);
    assert.equal(regions.at(0x5000), undefined);
  });
});
