//! The exact learner as a snapshot, and back.

use super::super::MOST_TAUGHT;
use super::super::snapshot::{Snapshot, damaged, labels, put_labels};
use super::super::whole::{pack, unpack};
use super::{Exact, MOVEMENT, Sums};
use crate::Result;
use crate::head::symmetric::Symmetric;

impl Exact {
    pub async fn snapshot(&self) -> Result<Snapshot> {
        let mut snapshot = Snapshot::new(self.settings.clone());
        let (count, length, pixels) = (self.labels.len(), self.filters.length(), self.pixels());
        let sums = self.labels.values();
        put_labels(&mut snapshot, "taught", &self.labels());
        let counts = sums.clone().map(|sums| sums.count as u64).collect();
        snapshot.put_u64("counts", &[count], counts);
        let features = sums.clone().flat_map(|sums| &sums.features).copied();
        snapshot.put_f64("features", &[count, length], features.collect());
        let pictures = sums.flat_map(|sums| &sums.pictures).copied();
        snapshot.put_f64("pictures", &[count, pixels], pictures.collect());
        let whole = self.products.rows().flatten().map(|sum| sum / MOVEMENT);
        let (bytes, width) = pack(whole);
        snapshot.put_u8("products", &[bytes.len() / width, width], bytes);
        Ok(snapshot)
    }

    pub fn restore(snapshot: &Snapshot) -> Result<Exact> {
        let mut exact = Exact::new(snapshot.settings.clone())?;
        let (length, pixels) = (exact.filters.length(), exact.pixels());
        let taught = labels(snapshot, "taught")?;
        let counts = snapshot.u64("counts", &[taught.len()])?;
        let features = snapshot.f64("features", &[taught.len(), length])?;
        let pictures = snapshot.f64("pictures", &[taught.len(), pixels])?;
        let sums = features
            .chunks_exact(length)
            .zip(pictures.chunks_exact(pixels));
        for ((label, &count), (features, pictures)) in taught.iter().zip(counts).zip(sums) {
            let count = Some(count).filter(|&count| count <= MOST_TAUGHT);
            let count = count.and_then(|count| usize::try_from(count).ok());
            let sums = Sums {
                count: count.ok_or_else(|| damaged("a count is too large"))?,
                features: features.to_vec(),
                pictures: pictures.to_vec(),
            };
            if sums.count == 0 || exact.labels.insert(*label, sums).is_some() {
                return Err(damaged("a label is there twice, or has no picture"));
            }
        }
        let triangle = length * (length + 1) / 2;
        let products = snapshot.u8("products", &[triangle, usize::MAX])?;
        if !(1..=8).contains(&(products.len() / triangle)) {
            return Err(damaged("its sums have an unknown width"));
        }
        let products = unpack(products, triangle).map(|whole| whole * MOVEMENT);
        exact.products = Symmetric::from_rows(length, products.collect());
        // Sums that no pictures could have would have no solution.
        match exact.matrix().is_some() {
            true => Ok(exact),
            false => Err(damaged("its sums do not fit together")),
        }
    }
}
