import { Icon, type IconName } from "./icon";

interface ToolProps {
  icon: IconName;
  label: string;
  disabled?: boolean;
  /** Whether it takes away what it belongs to. */
  mark?: boolean;
  onClick: () => void;
}

/** A small button that is a picture; one that can do nothing now keeps the focus. */
export function Tool({ icon, label, disabled, mark, onClick }: ToolProps) {
  return (
    <button
      class="button quiet square slim"
      type="button"
      aria-label={label}
      title={label}
      aria-disabled={disabled}
      data-remove={mark}
      onClick={() => !disabled && onClick()}
    >
      <Icon name={icon} />
    </button>
  );
}
