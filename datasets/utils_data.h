// torch.utils.data, by that path.
#pragma once

#include "dataloader.h"

namespace taper::utils::data {

using taper::BatchSampler;
using taper::ChainDataset;
using taper::ConcatDataset;
using taper::DataLoader;
using taper::Dataset;
using taper::default_collate;
using taper::default_convert;
using taper::get_worker_info;
using taper::IterableDataset;
using taper::random_split;
using taper::RandomSampler;
using taper::Sampler;
using taper::SequentialSampler;
using taper::Subset;
using taper::SubsetRandomSampler;
using taper::TensorDataset;
using taper::WeightedRandomSampler;

/// torch.utils.data.dataset
namespace dataset {
using taper::ChainDataset;
using taper::ConcatDataset;
using taper::Dataset;
using taper::IterableDataset;
using taper::random_split;
using taper::Subset;
using taper::TensorDataset;
}  // namespace dataset

/// torch.utils.data.sampler
namespace sampler {
using taper::BatchSampler;
using taper::RandomSampler;
using taper::Sampler;
using taper::SequentialSampler;
using taper::SubsetRandomSampler;
using taper::WeightedRandomSampler;
}  // namespace sampler

/// torch.utils.data.dataloader
namespace dataloader {
using taper::BatchSampler;
using taper::DataLoader;
using taper::Dataset;
using taper::default_collate;
using taper::default_convert;
using taper::get_worker_info;
using taper::IterableDataset;
using taper::RandomSampler;
using taper::Sampler;
using taper::SequentialSampler;
}  // namespace dataloader

/// torch.utils.data._utils.collate
namespace _utils::collate {
using taper::default_collate;
using taper::default_convert;
}  // namespace _utils::collate

}  // namespace taper::utils::data
