let descriptionEntries: [StatisticEntry] = []
