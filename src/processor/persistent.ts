/**
 * An owner of state that can be gathered and put back. What `save` gives is a copy: plain values and
 * typed arrays that later changes do not touch. After `restore` the owner goes on exactly as it would
 * have when it was saved; nothing that is derived from its state need be saved with it.
 */
export interface Persistent<S> {
  save(): S;
  restore(state: S): void;
}
