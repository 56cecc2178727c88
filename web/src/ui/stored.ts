/** Values kept in this browser; where it keeps none, they last as long as the page. */

export interface Stored<T> {
  get(): T;
  set(value: T): void;
}

/** Let go of values that are kept. The page has to be loaded anew, for it may hold them still. */
export function forget(...names: readonly string[]): void {
  try {
    for (const name of names) localStorage.removeItem(`cutroom.${name}`);
  } catch {
    // Where nothing can be kept, there is nothing to forget.
  }
}

/** A JSON value under a name of ours. What cannot be read is as if it had never been set. */
export function stored<T>(name: string, otherwise: T): Stored<T> {
  const key = `cutroom.${name}`;
  let last: T | undefined;
  return {
    get() {
      if (last !== undefined) return last;
      try {
        const text = localStorage.getItem(key);
        return text === null ? otherwise : (JSON.parse(text) as T);
      } catch {
        return otherwise;
      }
    },
    set(value) {
      last = value;
      try {
        localStorage.setItem(key, JSON.stringify(value));
      } catch {
        // Storage that is full or forbidden is no reason to fail.
      }
    },
  };
}
