/** Widths of the storage panel's columns: wide ones go first. */
import { css } from 'lit';

export const rowStyles = css`
  mp-table-rows .mp-title {
    width: 24%;
  }
  mp-table-rows .mp-move {
    width: 146px;
  }
  mp-table-rows .mp-rule {
    width: 126px;
    color: var(--mp-dim);
    font-size: var(--mp-small);
  }
  mp-table-rows thead .mp-rule {
    font-size: var(--mp-tiny);
  }
  mp-table-rows .mp-when {
    width: 124px;
  }
  mp-table-rows .mp-age {
    width: 118px;
  }
  mp-table-rows .mp-goes {
    width: 130px;
  }
  mp-table-rows .mp-size,
  mp-table-rows .mp-took {
    width: 80px;
    text-align: end;
  }
  mp-table-rows td .mp-key {
    margin-inline-end: 5px;
  }
  .mp-arrow {
    margin: 0 4px;
    color: var(--mp-dim);
  }
  @container (max-width: 900px) {
    mp-table-rows .mp-rule,
    mp-table-rows .mp-took {
      display: none;
    }
  }
  @container (max-width: 640px) {
    mp-table-rows .mp-age,
    mp-table-rows .mp-why {
      display: none;
    }
    mp-table-rows .mp-title {
      width: auto;
    }
  }
  @media (max-height: 560px) {
    mp-table-rows {
      flex: none;
      height: 240px;
    }
  }
`;
