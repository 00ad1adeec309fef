//! Inner products of all lessons with each other, kept so that a new lesson costs one row.

use super::feature::{BLOCKS, BlockWeights, Feature};
use super::tile::products;

/// Inner products of two features, one per kind of block: features, class probabilities, and the
/// five mid-level blocks together (they share one weight, so their sum is all that is ever needed).
pub(super) type Products = [f32; 3];

/// Three symmetric matrices over the lessons, lower triangles packed row by row.
///
/// The matrices do not depend on the block weights: those change with every lesson, these do not.
#[derive(Debug, Clone, Default)]
pub(super) struct Gram {
    size: usize,
    packed: Vec<Products>,
}

impl Gram {
    /// Appends rows for `new` lessons after the `old` ones (as many as there are rows so far).
    pub(super) fn extend(&mut self, old: &[&Feature], new: &[&Feature]) {
        let mut all = old.to_vec();
        for rows in new.chunks(4) {
            all.extend(rows);
            let mut products = vec![Vec::with_capacity(all.len()); rows.len()];
            // Four rows at a time read the lessons once instead of four times.
            if let &[a, b, c, d] = rows {
                let (pairs, single) = all.as_chunks::<2>();
                let tiles = pairs.iter().flat_map(|&pair| inner(pair, [a, b, c, d]));
                let rest = single.iter().flat_map(|&one| inner([one], [a, b, c, d]));
                for tile in tiles.chain(rest) {
                    products
                        .iter_mut()
                        .zip(tile)
                        .for_each(|(row, value)| row.push(value));
                }
            } else {
                for (products, &lesson) in products.iter_mut().zip(rows) {
                    products.extend(row(lesson, &all));
                }
            }
            for row in products {
                self.packed.extend(&row[..=self.size]);
                self.size += 1;
            }
        }
    }

    /// Removes row and column `index`; the last lesson takes their place.
    pub(super) fn swap_remove(&mut self, index: usize) {
        let last = self.size - 1;
        for other in 0..last {
            if other != index {
                self.packed[at(index, other)] = self.packed[at(last, other)];
            }
        }
        self.packed[at(index, index)] = self.packed[at(last, last)];
        self.packed.truncate(at(last, 0));
        self.size = last;
    }

    /// The kernel `K = Σ share · products` among the lessons in the given order: its rows from `first`
    /// on, each up to the diagonal.
    pub(super) fn rows(&self, order: &[usize], first: usize, shares: [f64; 3]) -> Vec<Vec<f64>> {
        let row = |i: usize| {
            let columns = order[..=i].iter();
            let products = columns.map(|&column| self.packed[at(order[i], column)]);
            products.map(|it| weighted(it, shares)).collect()
        };
        (first..order.len()).map(row).collect()
    }
}

/// Position of a pair in the packed triangle.
fn at(i: usize, j: usize) -> usize {
    let (row, column) = (i.max(j), i.min(j));
    row * (row + 1) / 2 + column
}

/// `Σ share · product`: the kernel of two features.
pub(super) fn weighted(products: Products, shares: [f64; 3]) -> f64 {
    let pairs = products.iter().zip(shares);
    pairs
        .map(|(&product, share)| f64::from(product) * share)
        .sum()
}

/// How alike two photos are by all that the head can see, mid-level blocks at their full weight: those
/// tell one scene from another of the same kind. At most 1, of a photo with itself.
pub fn likeness(one: &Feature, other: &Feature) -> f64 {
    weighted(inner([one], [other])[0][0], BlockWeights::FULL.shares())
}

/// Inner products of one feature with each of others.
pub(super) fn row(one: &Feature, others: &[&Feature]) -> impl Iterator<Item = Products> {
    let (tiles, rest) = others.as_chunks::<4>();
    let tiled = tiles.iter().flat_map(move |&tile| inner([one], tile)[0]);
    tiled.chain(rest.iter().flat_map(move |&other| inner([one], [other])[0]))
}

/// Inner products of every `a` with every `b`.
fn inner<const A: usize, const B: usize>(a: [&Feature; A], b: [&Feature; B]) -> [[Products; B]; A] {
    let mut result = [[[0.0; 3]; B]; A];
    for (kind, block) in BLOCKS.into_iter().enumerate() {
        let tile = products::<f32, 4, A, B>(
            a.map(|x| &x.values()[block.clone()]),
            b.map(|x| &x.values()[block.clone()]),
        );
        for i in 0..A {
            for j in 0..B {
                result[i][j][kind] = tile[i][j];
            }
        }
    }
    result
}
