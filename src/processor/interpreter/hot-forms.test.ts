import assert from 'node:assert/strict';
import { formTable } from '../decoder/forms';
import { formKey } from '../semantics/form';
import { HOT_KEYS, isHot } from './hot-forms';

describe('hot forms', () => {
  const { forms, hot } = formTable();

  it('are forms: no key is misspelt', () => {
    const keys = new Set(forms.map(formKey));
    assert.deepEqual(
      [...HOT_KEYS].filter((key) => !keys.has(key)),
      [],
    );
  });

  it('have the first numbers, by which the loop finds their handlers', () => {
    assert.equal(hot, HOT_KEYS.size);
    assert.ok(forms.slice(0, hot).every(isHot));
    assert.ok(!forms.slice(hot).some(isHot));
  });

  it('are few enough for the loop to be optimized', () => {
    assert.ok(hot < 200, String(hot));
  });
});
