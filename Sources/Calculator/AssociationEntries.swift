let associationEntries: [StatisticEntry] = []
