/** How the ledger below the graph looks. */
import { css } from 'lit';

export const ledgerStyles = css`
  .mp-ledger {
    display: flex;
    flex: 2 1 0;
    flex-direction: column;
    min-height: 120px;
    border-top: 1px solid var(--mp-line);
  }
  .mp-ledger-head {
    display: flex;
    flex: none;
    gap: 8px;
    align-items: center;
    padding: 6px 20px;
  }
  .mp-sums {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 2px 28px;
    margin: 0;
    padding: 0 20px 4px;
  }
  .mp-sums > div {
    display: flex;
    gap: 8px;
  }
  .mp-sums dt {
    color: var(--mp-dim);
  }
  .mp-sums dd {
    margin: 0;
  }
  .mp-shared {
    margin: 0;
    padding: 0 20px 6px;
    font-size: var(--mp-small);
  }
  .mp-sort {
    display: inline-flex;
    align-items: center;
    padding: 0;
    border: 0;
    color: inherit;
    background: none;
    font: inherit;
    cursor: pointer;
  }
  .mp-sort:hover {
    color: var(--mp-text);
  }
  .mp-sort .mp-icon {
    font-size: 12px;
  }
  mp-table-rows .mp-ledger-branch {
    width: 42%;
  }
  mp-table-rows .mp-ledger-messages,
  mp-table-rows .mp-ledger-tokens,
  mp-table-rows .mp-ledger-cost {
    width: 104px;
    text-align: end;
  }
  /* A button is cut as a whole, unless it is one that cuts its text. */
  .mp-ledger-name {
    display: flex;
    align-items: center;
  }
  .mp-ledger-name > .mp-link-button {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  @container (max-width: 760px) {
    mp-table-rows .mp-ledger-messages,
    mp-table-rows .mp-ledger-tokens,
    mp-table-rows .mp-ledger-cost {
      width: 76px;
      padding-inline-end: 10px;
    }
    mp-table-rows .mp-ledger-messages {
      width: 92px;
    }
    mp-table-rows .mp-ledger-state {
      width: 90px;
    }
    mp-table-rows .mp-ledger-branch {
      width: auto;
    }
  }
  .mp-ledger-name > .mp-dot {
    margin-inline-end: 7px;
  }
`;
