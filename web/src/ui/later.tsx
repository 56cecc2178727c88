import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

/** A component whose code is fetched when it is first shown, so that the first page stays small. */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let found: ComponentType<Props> | undefined;
  return function Later(props: Props) {
    const [, again] = useState(0);
    const [failed, fail] = useState(false);
    useEffect(() => {
      if (found) return;
      load()
        .then((came) => {
          found = came;
          again((count) => count + 1);
        })
        .catch(() => fail(true));
    }, []);
    if (found) {
      const Found = found;
      return <Found {...props} />;
    }
    if (!failed) return null;
    return (
      <p class="card" role="alert">
        This part of the page could not be fetched; the server may have been renewed.{" "}
        <button class="button slim" type="button" onClick={() => location.reload()}>
          Reload
        </button>
      </p>
    );
  };
}
