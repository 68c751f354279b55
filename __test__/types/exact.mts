/** Compiles only where `Actual` and `Expected` are one type, `any` and `readonly` told apart. */
export type Same<Actual, Expected> =
  (<T>() => T extends Actual ? 1 : 2) extends <T>() => T extends Expected ? 1 : 2 ? true : false;

/** `exactly<Same<A, B>>()` is a compile error where they differ. */
export declare function exactly<T extends true>(): T;
