/** How far a file is, and what is wrong with it. */

import { useEffect } from "preact/hooks";
import type { MediaLimits } from "../models/models";
import { Icon } from "../ui/icon";
import type { Attachment } from "../workbench/attachment";
import { problems, worthUpload } from "./fits";
import { cancelUpload, isWaiting, remarks, upload } from "./uploads";

/** Send what is kept as soon as it is worth it, and after the model was changed to one that takes it. */
export function useUpload(one: Attachment, limits: MediaLimits | undefined): void {
  const idle = one.url === null && one.upload === null && one.error === null;
  const due = idle && isWaiting(one.id) && worthUpload(one.probe, limits);
  useEffect(() => {
    if (due) upload(one.id);
  }, [due, one.id]);
}

interface Props {
  one: Attachment;
  limits: MediaLimits | undefined;
  /** What it is called where there are several; its tile then shows how far it is. */
  name?: string;
}

export function Status({ one, limits, name }: Props) {
  const said = problems(one, limits);
  // A blob: address is shown of what was sent from here.
  const sent = one.url !== null && one.view?.startsWith("blob:");
  const again = one.error !== null && isWaiting(one.id);
  return (
    <div class="footage-status">
      {one.upload !== null && !name && <Upload one={one} />}
      {name && remarks.value[one.id] && (
        <p class="hint">
          {name}: {remarks.value[one.id]}
        </p>
      )}
      <span class="visually-hidden" role="status">
        {sent && `${one.name} is on the server.`}
      </span>
      <div role="alert">
        {said.map((sentence) => (
          <p key={sentence} class="error">
            {name && <strong>{name}: </strong>}
            {sentence}
          </p>
        ))}
      </div>
      {again && (
        <button class="button slim" type="button" onClick={() => upload(one.id)}>
          <Icon name="retry" />
          Upload again
          <span class="visually-hidden">: {one.name}</span>
        </button>
      )}
    </div>
  );
}

function Upload({ one }: { one: Attachment }) {
  const done = Math.floor((one.upload ?? 0) * 100);
  const remark = remarks.value[one.id];
  return (
    <div class="footage-upload">
      <progress value={one.upload ?? 0} aria-label={`Upload of ${one.name}`} />
      <span class="hint">{remark ?? `${done} %`}</span>
      <button class="button slim quiet" type="button" onClick={() => cancelUpload(one.id)}>
        Cancel<span class="visually-hidden"> the upload of {one.name}</span>
      </button>
    </div>
  );
}
