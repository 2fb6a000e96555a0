let distributionEntries: [StatisticEntry] = []
