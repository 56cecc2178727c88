/** An image of a list or a field, small. */

import { Icon } from "../ui/icon";
import type { Attachment } from "../workbench/attachment";

export function Picture({ one }: { one: Attachment }) {
  if (one.view === null || one.error?.startsWith("This image")) {
    return (
      <span class="footage-picture">
        <Icon name={one.view === null ? "link" : "image"} />
      </span>
    );
  }
  return <img class="footage-picture" src={one.view} alt={one.name} draggable={false} />;
}
