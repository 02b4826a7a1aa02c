// What comes from outside. `GestionesAnswer`, `BalanceAnswer` and `FieldName` are made of the tools'
// own output schemas and of the table of fields by scripts/card.

type Answer = GestionesAnswer | BalanceAnswer;
type Row = Record<string, unknown>;

/** The vendor's page "Query obligation", and what the server computes. */
type ObligationField =
  | "id" | "name" | "total_balance" | "portfolio_type" | "last_pay" | "last_pay_date"
  | "expiring_date" | "days_delay" | "days_overdue" | "form";

/** A tool's result, as far as hosts can be trusted to hand it on. */
interface ToolResult {
  content: ({ type?: string; text?: string } | null)[];
  structuredContent?: unknown;
  isError?: boolean;
}

interface HostContext {
  theme?: unknown;
  locale?: unknown;
  timeZone?: unknown;
  styles?: { variables?: Record<string, string | undefined> };
  safeAreaInsets?: Record<string, number>;
}

interface InitializeResult {
  hostContext?: HostContext;
  hostCapabilities?: { serverTools?: object };
}
